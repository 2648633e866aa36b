import * as z from 'zod';
import { CAMERA_SETTINGS, type CameraInput, type CameraPatch, type CameraSettingsView } from './camera-settings.ts';
import { line } from './plain-text.ts';
import { apiError, connectStep } from './probe-report.ts';
import type { SettingsOf } from './setting.ts';
import { inputShape, patchShape, viewShape } from './setting-schemas.ts';

const pictureFlow = { pictureAgeMs: z.number().exactOptional(), silenceLimitMs: z.number().exactOptional() };

const streamState = z.discriminatedUnion('phase', [
  z.strictObject({ phase: z.literal('idle') }),
  z.strictObject({
    phase: z.literal('starting'),
    step: connectStep,
    sinceMs: z.number(),
    keyFrameIntervalMs: z.number().exactOptional(),
  }),
  z.strictObject({ phase: z.literal('live'), sinceMs: z.number(), ...pictureFlow }),
  z.strictObject({
    phase: z.literal('stalled'),
    sinceMs: z.number(),
    cause: z.enum(['being-found-out', 'camera', 'uplink']).exactOptional(),
    ...pictureFlow,
  }),
  z.strictObject({
    phase: z.literal('offline'),
    ...apiError.shape,
    sinceMs: z.number(),
    retryAtMs: z.number().exactOptional(),
    step: connectStep.exactOptional(),
  }),
]);

const trackSummary = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('video'),
    codec: z.enum(['h264', 'h265']),
    width: z.int().exactOptional(),
    height: z.int().exactOptional(),
    codecString: z.string().exactOptional(),
    hasBFrames: z.boolean().exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('audio'),
    codec: z.enum(['pcmu', 'pcma', 'aac', 'opus', 'g722']),
    sampleRateHz: z.int(),
    channels: z.int(),
    overWebrtc: z.literal(false).exactOptional(),
  }),
]);

/** The shape of `CameraView` in camera.ts. */
export const cameraView = z.strictObject({
  id: z.string(),
  name: z.string(),
  group: z.string().exactOptional(),
  enabled: z.boolean(),
  kind: z.string(),
  hasSubstream: z.boolean(),
  main: streamState,
  sub: streamState,
  tracks: z.array(trackSummary).readonly(),
  viewers: z.int(),
});

const settingsInput = inputShape(CAMERA_SETTINGS);

/** A camera of the API, and, with its id and without a name, of the config file. */
export const cameraInput = z.strictObject({
  id: line(z, 63).exactOptional(),
  ...settingsInput,
}) as unknown as z.ZodType<SettingsOf<typeof CAMERA_SETTINGS> & { readonly id?: string }, CameraInput>;
export const cameraPatch = z.strictObject(patchShape(CAMERA_SETTINGS)) as unknown as z.ZodType<CameraPatch>;
const settingsView = z.strictObject({
  ...viewShape(CAMERA_SETTINGS),
  definedIn: z.enum(['config', 'dashboard']),
}) as unknown as z.ZodType<CameraSettingsView>;

/** Something that Oriel has learned about a camera and takes into account. */
const cameraFact = z.discriminatedUnion('code', [
  /** The percentage of packets lost over UDP, because of which TCP is used until `untilMs` (epoch milliseconds). */
  z.strictObject({ code: z.literal('udp-loss'), lossPercent: z.number(), untilMs: z.number() }),
  /** The device of this camera dials in without a proof: only the network that it comes from distinguishes it from others. */
  z.strictObject({ code: z.literal('bare-tunnel'), device: z.string(), from: z.array(z.string()).readonly() }),
]);
export type CameraFact = z.infer<typeof cameraFact>;

export const cameraDetail = z.strictObject({
  ...cameraView.shape,
  facts: z.array(cameraFact).readonly(),
  /** The addresses for other programs. All need a token or a name and password. */
  addresses: z.strictObject({ whep: z.string(), hls: z.string(), mp4: z.string(), rtsp: z.string().exactOptional() }),
  /** Only for people who may edit the camera. */
  settings: settingsView.exactOptional(),
});
export type CameraDetail = z.infer<typeof cameraDetail>;

const { url, username, password, via } = settingsInput;
export const probeInput = z.strictObject({
  url,
  username,
  password,
  via,
  transport: CAMERA_SETTINGS.transport.value(z).exactOptional(),
  /** Use the stored credentials of this camera; only for addresses on its own host. */
  camera: z.string().exactOptional(),
  /** Chosen by the page, which follows the steps over its socket with `follow-probe`. */
  probe: line(z, 64).min(8).exactOptional(),
}) as unknown as z.ZodType<ProbeInput>;
export type ProbeInput = Pick<CameraInput, 'url' | 'username' | 'password' | 'via' | 'transport'> & {
  readonly camera?: string;
  readonly probe?: string;
};

export const discoveredCamera = z.strictObject({
  name: z.string(),
  url: z.string(),
  /** The way it was found: `onvif`, `kasa`, … */
  kind: z.string(),
  address: z.string(),
  needsPassword: z.boolean().exactOptional(),
});
export type DiscoveredCamera = z.infer<typeof discoveredCamera>;

const controlValue = z.union([z.boolean(), z.string()]);
const cameraControl = z.discriminatedUnion('type', [
  z.strictObject({ name: z.string(), type: z.literal('switch'), value: z.boolean() }),
  z.strictObject({
    name: z.string(),
    type: z.literal('choice'),
    value: z.string(),
    choices: z.array(z.string()).readonly(),
  }),
  z.strictObject({ name: z.string(), type: z.literal('move'), directions: z.array(z.string()).readonly() }),
]);
export type CameraControlView = z.infer<typeof cameraControl>;

/** `talk` says whether the camera has a loudspeaker that Oriel can reach. */
export const cameraControls = z.strictObject({ controls: z.array(cameraControl).readonly(), talk: z.boolean() });
export type CameraControlsView = z.infer<typeof cameraControls>;

export const controlInput = z.strictObject({ value: controlValue });
