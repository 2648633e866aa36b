import { type CameraBrand, RTSP_BRANDS } from './camera-brands.ts';

/** Everything that settings, forms and guards know about a kind of source. `server/sources/registry.ts` creates the source. */
export type SourceKind = {
  /** What the address may begin with, and the port when the address names none. */
  readonly schemes: Readonly<Record<string, number | undefined>>;
  /** The schemes that are the encrypted form of another one. */
  readonly encryptedForms: readonly string[];
  /** Matches a whole valid address without credentials. */
  readonly address: RegExp;
  /** Two or three example addresses, for people who typed one that cannot be read. */
  readonly looksLike: string;
  /** Whether people who are not administrators may add one. */
  readonly forOperators: boolean;
  /** Whether its address names a host that the gateway itself dials, unless an agent does. */
  readonly dialsHost: boolean;
  readonly brands: readonly CameraBrand[];
  /** The addresses that a text without a scheme stands for. */
  recognise?(text: string): { readonly url: string; readonly substream?: string } | undefined;
};

/** A name or IPv4 address, an IPv6 address in brackets or, as some people type it, without; then perhaps a port. */
const HOST_AND_PORT = String.raw`(?:\[[\da-f:.]+(?:%\w+)?\](?::\d{1,5})?|[^\s/?#@:[\]]+(?::\d{1,5})?|[\da-f:.]*::[\da-f:.]*(?:%\w+)?)`;

export const SOURCE_KINDS = {
  rtsp: {
    schemes: { rtsp: 554, rtsps: 322, ws: 80, wss: 443 },
    encryptedForms: ['rtsps', 'wss'],
    address: new RegExp(String.raw`^(?:rtsps?|wss?):\/\/${HOST_AND_PORT}(?:[/?#]\S*)?$`, 'i'),
    looksLike: 'rtsp://192.168.1.20/stream1, rtsps://HOST:7441/path or ws://HOST/rtsp-over-websocket',
    forOperators: true,
    dialsHost: true,
    brands: RTSP_BRANDS,
  },
  kasa: {
    schemes: { kasa: 19443 },
    encryptedForms: [],
    address: new RegExp(String.raw`^kasa:\/\/${HOST_AND_PORT}\/?(?:\?[\x21-\x7e]*)?$`, 'i'),
    looksLike: 'kasa://192.168.1.20 or kasa://HOST:19443',
    forOperators: true,
    dialsHost: true,
    brands: [{ name: 'Kasa', main: 'kasa://{host}', note: 'Name and password are those of the TP-Link account.' }],
  },
  dahua: {
    schemes: { dahua: undefined },
    encryptedForms: [],
    address: /^dahua:\/\/[A-Za-z0-9]{6,32}(?:\/[^\s#]*)?$/i,
    looksLike:
      'dahua://SERIAL/cam/realmonitor?channel=1&subtype=0, with the serial number from the label of the device',
    forOperators: true,
    dialsHost: false,
    brands: [],
    recognise: (text) => {
      // Serial numbers have fifteen letters and digits, both of them there.
      if (!/^(?=.*\d)(?=.*[A-Z])[0-9A-Z]{15}$/i.test(text)) return undefined;
      const stream = (subtype: number) => `dahua://${text.toUpperCase()}/cam/realmonitor?channel=1&subtype=${subtype}`;
      return { url: stream(0), substream: stream(1) };
    },
  },
  tunnel: {
    schemes: { tunnel: undefined },
    encryptedForms: [],
    address: /^tunnel:\/\/[a-z0-9][a-z0-9_-]{0,62}(?:[/?][^\s#]*)?$/i,
    looksLike: 'tunnel://warehouse/stream1, with the name that the device has in tunnel.raw',
    // A device leads to the one camera that is named in its own settings.
    forOperators: true,
    dialsHost: false,
    brands: [],
  },
  clip: {
    schemes: { clip: undefined },
    encryptedForms: [],
    address: /^clip:\/\/\/.+$/i,
    looksLike: 'clip:///path/to/file.mp4, a file on the gateway’s own machine',
    forOperators: false,
    dialsHost: false,
    brands: [],
  },
} as const satisfies Record<string, SourceKind>;

export type SourceKindName = keyof typeof SOURCE_KINDS;

export const SOURCE_KIND_NAMES = Object.keys(SOURCE_KINDS) as SourceKindName[];

/** What a camera address may begin with, for sentences: `rtsp://, rtsps://, …` */
export const KNOWN_SCHEMES = SOURCE_KIND_NAMES.flatMap((name) => Object.keys(SOURCE_KINDS[name].schemes))
  .map((scheme) => `${scheme}://`)
  .join(', ');

export const CAMERA_BRANDS: readonly CameraBrand[] = SOURCE_KIND_NAMES.flatMap(
  (name): readonly CameraBrand[] => SOURCE_KINDS[name].brands,
).sort((a, b) => a.name.localeCompare(b.name, 'en'));

export function schemeOf(url: string): string {
  return /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase() ?? '';
}

/** The kind of source that plays such an address; undefined for an address that nothing here plays. */
export function kindOf(url: string): SourceKindName | undefined {
  const scheme = schemeOf(url);
  return SOURCE_KIND_NAMES.find((name) => Object.hasOwn(SOURCE_KINDS[name].schemes, scheme));
}
