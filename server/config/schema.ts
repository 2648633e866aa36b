import * as z from 'zod';
import { CAMERA_SETTINGS, type CameraSettings, webOrigin } from '../../shared/camera-settings.ts';
import { CAMERA_ID_PATTERN } from '../../shared/ids.ts';
import { line } from '../../shared/plain-text.ts';
import { ROLES } from '../../shared/roles.ts';
import { inputShape } from '../../shared/setting-schemas.ts';
import { checkTunnels, tunnelSchema } from './tunnel-schema.ts';

const port = z.int().min(0).max(65_535);
const seconds = z.number().min(0).max(86_400);
/** A camera of the file. It must have an id and may have no name. */
export const cameraSchema = z.strictObject({
  id: z
    .string()
    .regex(CAMERA_ID_PATTERN, { error: 'expected 1 to 63 of a-z 0-9 - _, beginning with a letter or digit' }),
  ...inputShape(CAMERA_SETTINGS),
  name: CAMERA_SETTINGS.name.value(z).exactOptional(),
}) as unknown as z.ZodType<CameraConfig>;

const httpSchema = z.strictObject({
  host: z.string().default('127.0.0.1'),
  port: port.default(8080),
  tls: z.strictObject({ cert: z.string(), key: z.string() }).exactOptional(),
  trustProxy: z.union([z.boolean(), z.int().min(0).max(20), z.string()]).default(false),
  embedOrigins: z.array(webOrigin(z)).default([]),
  metrics: z.strictObject({ host: z.string().default('127.0.0.1'), port }).exactOptional(),
});

const iceServer = z.strictObject({
  urls: z.union([z.string(), z.array(z.string())]).transform((urls) => (typeof urls === 'string' ? [urls] : urls)),
  username: z.string().exactOptional(),
  credential: z.string().exactOptional(),
});

const webrtcSchema = z.strictObject({
  host: z.string().exactOptional(),
  port: port.default(8189),
  tcp: z.boolean().default(true),
  publicAddresses: z.array(z.string()).default([]),
  iceServers: z.array(iceServer).default([]),
  turnSecret: z.string().exactOptional(),
});

const rtspUser = z.strictObject({
  name: line(z, 120).min(1),
  password: z.string().min(1),
  cameras: z.array(z.string()).exactOptional(),
});
const rtspSchema = z.strictObject({
  host: z.string().exactOptional(),
  port: port.default(8554),
  tlsPort: port.default(8322),
  users: z.array(rtspUser).default([]),
  multicast: z
    .strictObject({ address: z.string(), port: port.default(5004), ttl: z.int().min(1).max(255).default(1) })
    .exactOptional(),
});

const limitsSchema = z.strictObject({
  maxViewers: z.int().min(1).max(10_000).default(16),
  maxMemoryMb: z.int().min(64).max(1_048_576).default(512),
  maxCpuPercent: z.number().min(5).max(6400).default(80),
  maxCameraConnections: z.int().min(1).max(10_000).default(8),
  maxBitratePerStreamKbps: z.int().min(0).default(0),
});

const sourcesSchema = z.strictObject({
  lingerSeconds: seconds.default(15),
  connectTimeoutSeconds: z.number().min(0.5).max(120).default(8),
  stallSeconds: z.number().min(2).max(120).default(10),
  retry: z
    .strictObject({
      firstSeconds: z.number().min(0.1).max(3600).default(0.5),
      maxSeconds: z.number().min(0.1).max(3600).default(30),
      maxAttempts: z.int().min(0).default(0),
    })
    .prefault({}),
});

const authSchema = z.strictObject({
  tokens: z
    .array(
      z.strictObject({
        name: line(z, 120).min(1),
        role: z.enum(ROLES).default('viewer'),
        token: z
          .string()
          .min(16, { error: 'expected at least 16 characters; `openssl rand -hex 24` makes a good one' }),
        cameras: z.array(z.string()).exactOptional(),
      }),
    )
    .default([]),
});

const dahuaSchema = z.strictObject({
  clouds: z
    .array(
      z.strictObject({
        host: z.string(),
        port: port.default(8800),
        user: z.string(),
        key: z.string(),
        salt: z.string().exactOptional(),
      }),
    )
    .exactOptional(),
});

export const configSchema = z
  .strictObject({
    http: httpSchema.prefault({}),
    webrtc: webrtcSchema.prefault({}),
    rtsp: rtspSchema.prefault({}),
    tunnel: tunnelSchema.prefault({}),
    limits: limitsSchema.prefault({}),
    sources: sourcesSchema.prefault({}),
    log: z
      .strictObject({ level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info') })
      .prefault({}),
    audit: z.strictObject({ views: z.boolean().default(false), refusals: z.boolean().default(false) }).prefault({}),
    auth: authSchema.prefault({}),
    dahua: dahuaSchema.prefault({}),
    cameras: z.array(cameraSchema).default([]),
  })
  .superRefine((config, context) => {
    const first = new Map<string, number>();
    config.cameras.forEach((camera, index) => {
      const known = first.get(camera.id);
      if (known === undefined) first.set(camera.id, index);
      else
        context.addIssue({
          code: 'custom',
          path: ['cameras', index, 'id'],
          message: `the id ${camera.id} is taken by camera number ${known + 1}; every camera needs its own`,
        });
    });
    checkTunnels(config, context);
    if (config.sources.retry.maxSeconds < config.sources.retry.firstSeconds) {
      context.addIssue({
        code: 'custom',
        path: ['sources', 'retry', 'maxSeconds'],
        message: 'expected at least firstSeconds',
      });
    }
  });

export type Config = z.infer<typeof configSchema>;
export type CameraConfig = Omit<CameraSettings, 'id' | 'name' | 'restricted'> & {
  readonly id: string;
  readonly name?: string;
};
