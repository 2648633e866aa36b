import { splitCredentials } from './camera-address.ts';
import type { CameraId } from './ids.ts';
import { hasControlCharacters, line, oneLine } from './plain-text.ts';
import type { Description, SettingsInput, SettingsOf, SettingsPatch, SettingsView, Z } from './setting.ts';
import { KNOWN_SCHEMES, kindOf, SOURCE_KINDS } from './source-kinds.ts';

export const TRANSPORTS = ['auto', 'tcp', 'udp', 'multicast', 'http'] as const;
const WHEN_OFFLINE = ['hold', 'last-frame', 'terminate'] as const;
const STALL_SECONDS = { min: 2, max: 120 } as const;

/**
 * Every setting of a camera, described once. From this come the API's input, patch and view, the entry of the config file,
 * the stored row, what makes a camera connect anew, the form, and the camera of config.example.yaml (`npm run example`).
 * CONTRIBUTING.md walks through adding one.
 */
export const CAMERA_SETTINGS = {
  name: {
    value: (z) => line(z, 120).min(1),
    required: true,
    form: { control: 'text', place: 'main' },
    example: 'Front door',
  },
  group: {
    value: (z) => line(z, 120).min(1),
    form: { control: 'text', place: 'main' },
    example: 'Outside',
  },
  enabled: {
    value: (z) => z.boolean(),
    default: true,
    reconnects: true,
    form: { control: 'switch', place: 'main' },
    example: 'true',
  },
  url: {
    value: address,
    required: true,
    reconnects: true,
    form: { control: 'code', place: 'main' },
    example: 'rtsp://192.168.1.100:554/stream1',
    comment: KNOWN_SCHEMES,
  },
  username: {
    value: (z) => oneLine(z.string().max(256)),
    reconnects: true,
    form: { control: 'text', place: 'main' },
    example: 'admin',
    comment: 'an account goes to the host and port of url and nowhere else',
  },
  password: {
    value: (z) => oneLine(z.string().max(1024)),
    secret: true,
    reconnects: true,
    form: { control: 'password', place: 'main' },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference to the environment, as the file has it
    example: '${FRONT_DOOR_PASSWORD}',
  },
  substream: {
    value: address,
    reconnects: true,
    form: { control: 'code', place: 'main' },
    example: 'rtsp://192.168.1.100:554/stream2',
    comment: 'shown in the grid; on another host with its own account: rtsp://USER:PASSWORD@HOST/…',
  },
  transport: {
    value: (z) => z.enum(TRANSPORTS),
    default: 'auto',
    reconnects: true,
    form: { control: 'choice', place: 'more', choices: TRANSPORTS },
    example: 'auto',
    comment: 'tcp, udp, multicast, http; where udp loses more than 5 %, tcp for an hour',
  },
  whenOffline: {
    value: (z) => z.enum(WHEN_OFFLINE),
    default: 'hold',
    form: { control: 'choice', place: 'more', choices: WHEN_OFFLINE },
    example: 'hold',
    comment: 'terminate ends its viewers; last-frame is hold with today’s outputs',
  },
  stallSeconds: {
    value: (z) => z.number().min(STALL_SECONDS.min).max(STALL_SECONDS.max),
    reconnects: true,
    form: { control: 'number', place: 'more', ...STALL_SECONDS },
    example: '10',
    comment: 'without it sources.stallSeconds counts',
  },
  fallback: {
    value: address,
    reconnects: true,
    form: { control: 'code', place: 'more' },
    example: 'rtsp://192.168.1.101/stream1',
    comment: 'used when the main one is offline; its account as for substream',
  },
  via: {
    value: (z) =>
      z
        .string()
        .trim()
        .regex(/^agent\/[a-z0-9][a-z0-9_-]{0,62}$/, { error: 'expected agent/NAME' }),
    reconnects: true,
    form: { control: 'code', place: 'more', placeholder: 'agent/warehouse' },
    example: 'agent/warehouse',
    comment: 'accepted; agents come with a later version',
  },
  embedOrigins: {
    value: (z) => z.array(webOrigin(z)).max(50),
    form: { control: 'words', place: 'more', placeholder: 'https://www.example.com' },
    example: '[https://example.org]',
    comment: 'web origins that may show this camera in a frame, besides http.embedOrigins',
  },
} as const satisfies Description;

type CameraDescription = typeof CAMERA_SETTINGS;

/** The settings that hold an address, and may each have an account of their own. */
export const ADDRESS_SETTINGS = ['url', 'substream', 'fallback'] as const satisfies (keyof CameraDescription)[];
export type AddressSetting = (typeof ADDRESS_SETTINGS)[number];

export type Account = { readonly username?: string; readonly password?: string };

/** The settings of a camera, wherever they come from. Its addresses have no credentials. Secrets never leave the server. */
export type CameraSettings = SettingsOf<CameraDescription> & {
  readonly id: CameraId;
  /** The accounts that were in the other addresses. That of `url` is in `username` and `password`. */
  readonly accounts?: Readonly<Partial<Record<Exclude<AddressSetting, 'url'>, Account>>>;
  /** True when no administrator set the addresses. They are then checked at every dial (server/auth/guarded-dial.ts). */
  readonly restricted?: true;
};

/** The input from a page or a program. When the id is absent, it is made from the name. */
export type CameraInput = SettingsInput<CameraDescription> & { readonly id?: string };
export type CameraPatch = SettingsPatch<CameraDescription>;
/** `definedIn`: cameras of the configuration file are changed there. */
export type CameraSettingsView = SettingsView<CameraDescription> & { readonly definedIn: 'config' | 'dashboard' };

/** A web origin such as https://example.org. */
export function webOrigin(z: Z) {
  const error = 'expected a web origin such as https://example.org, without a path';
  return z
    .string()
    .max(256)
    .regex(/^https?:\/\/[^/\s\p{Cc}]+$/u, { error });
}

function address(z: Z) {
  return z
    .string()
    .trim()
    .min(1)
    .max(2048)
    .superRefine((text, context) => {
      const problem = problemOf(text);
      if (problem) context.addIssue({ code: 'custom', message: problem });
    });
}

/** Credentials are checked in decoded form, as they will be used: `%0D%0A` in them is a line end. */
function problemOf(text: string): string | undefined {
  const { url, username = '', password = '' } = splitCredentials(text);
  if ([text, username, password].some(hasControlCharacters))
    return 'expected an address without line ends and control characters, also in its user name and password';
  const kind = kindOf(url);
  if (!kind) return `expected a camera address that starts with ${KNOWN_SCHEMES}`;
  const { address: pattern, looksLike } = SOURCE_KINDS[kind];
  return pattern.test(url) ? undefined : `expected an address such as ${looksLike}`;
}
