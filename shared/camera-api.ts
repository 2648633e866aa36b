import * as z from 'zod';
import { apiError, connectStep } from './probe-report.ts';

const text = z.string().trim();
const name = text.min(1).max(120);
const secret = z.string().max(1024);

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
  z.strictObject({ phase: z.literal('stalled'), sinceMs: z.number(), ...pictureFlow }),
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

const cameraAddress = text.min(1).max(2048);
const transport = z.enum(['auto', 'tcp', 'udp', 'multicast', 'http']);
const whenOffline = z.enum(['terminate', 'hold', 'last-frame']);
const embedOrigins = z.array(z.string().max(256)).max(50);

export const cameraInput = z.strictObject({
  /** Made from the name when absent. */
  id: text.max(63).exactOptional(),
  name,
  group: name.exactOptional(),
  enabled: z.boolean().default(true),
  /** Credentials in it are moved out. */
  url: cameraAddress,
  username: z.string().max(256).exactOptional(),
  password: secret.exactOptional(),
  substream: cameraAddress.exactOptional(),
  fallback: cameraAddress.exactOptional(),
  whenOffline: whenOffline.default('hold'),
  via: text.max(80).exactOptional(),
  transport: transport.default('auto'),
  /** Web origins that may show this camera in a frame, besides those of the configuration. */
  embedOrigins: embedOrigins.exactOptional(),
});
export type CameraInput = z.input<typeof cameraInput>;

/** Absent: stays. `null`: is removed. An address on another host needs its password again: secrets never travel to a new one. */
export const cameraPatch = z.strictObject({
  name: name.exactOptional(),
  group: name.nullable().exactOptional(),
  enabled: z.boolean().exactOptional(),
  url: cameraAddress.exactOptional(),
  username: z.string().max(256).nullable().exactOptional(),
  password: secret.nullable().exactOptional(),
  substream: cameraAddress.nullable().exactOptional(),
  fallback: cameraAddress.nullable().exactOptional(),
  whenOffline: whenOffline.exactOptional(),
  via: text.max(80).nullable().exactOptional(),
  transport: transport.exactOptional(),
  embedOrigins: embedOrigins.nullable().exactOptional(),
});
export type CameraPatch = z.infer<typeof cameraPatch>;

/** What an editor sees of a camera's settings. A password is never shown, only whether there is one. */
export const cameraSettingsView = z.strictObject({
  url: z.string(),
  username: z.string().exactOptional(),
  hasPassword: z.boolean(),
  substream: z.string().exactOptional(),
  fallback: z.string().exactOptional(),
  whenOffline,
  via: z.string().exactOptional(),
  transport,
  embedOrigins: z.array(z.string()).readonly().exactOptional(),
  /** Cameras of the configuration file are changed there. */
  definedIn: z.enum(['config', 'dashboard']),
});
export type CameraSettingsView = z.infer<typeof cameraSettingsView>;

export const cameraDetail = z.strictObject({
  ...cameraView.shape,
  /** Where other programs find it; all want a token or a name and password. */
  addresses: z.strictObject({ whep: z.string(), hls: z.string(), mp4: z.string(), rtsp: z.string().exactOptional() }),
  /** For those who may edit it. */
  settings: cameraSettingsView.exactOptional(),
});
export type CameraDetail = z.infer<typeof cameraDetail>;

export const probeInput = z.strictObject({
  url: cameraAddress,
  username: z.string().max(256).exactOptional(),
  password: secret.exactOptional(),
  via: text.max(80).exactOptional(),
  transport: transport.exactOptional(),
  /** Use the stored credentials of this camera; only for addresses on its own host. */
  camera: z.string().exactOptional(),
  /** Chosen by the page, which follows the steps over its socket with `follow-probe`. */
  probe: text.min(8).max(64).exactOptional(),
});
export type ProbeInput = z.infer<typeof probeInput>;

export const discoveredCamera = z.strictObject({
  name: z.string(),
  url: z.string(),
  /** How it was found: `onvif`, `kasa`, … */
  kind: z.string(),
  address: z.string(),
  needsPassword: z.boolean().exactOptional(),
});
export type DiscoveredCamera = z.infer<typeof discoveredCamera>;

const controlValue = z.union([z.boolean(), z.string()]);
export const cameraControl = z.discriminatedUnion('type', [
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
export type ControlInput = z.infer<typeof controlInput>;
