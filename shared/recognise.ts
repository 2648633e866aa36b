import { brandNames } from './brand-address.ts';
import { likelySubstream } from './camera-brands.ts';
import { kindOf, SOURCE_KIND_NAMES, SOURCE_KINDS, type SourceKind, type SourceKindName } from './source-kinds.ts';

/** What a pasted text is, found out while it is typed. */
export type Recognised =
  /** Nothing was typed yet, or too little to recognise anything. */
  | { readonly is: 'nothing' }
  /** This is no address of a camera. The reason is a key of `addCameraTexts.problems`. */
  | { readonly is: 'problem'; readonly problem: 'unknown-scheme' | 'web-page' | 'no-host' | 'spaces' }
  /** A host without a path. The path is known once the maker is. */
  | { readonly is: 'host'; readonly host: string; readonly port: string }
  | {
      readonly is: 'camera';
      readonly kind: SourceKindName;
      readonly isEncrypted: boolean;
      /** Without credentials. */
      readonly url: string;
      readonly host: string;
      readonly username?: string;
      readonly password?: string;
      /** One maker or several that share the path. */
      readonly brand?: string;
      readonly substream?: string;
    };

const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*)$/i;
const ADDRESS = /^(?:(?<credentials>[^/]*)@)?(?<host>\[[^\]]*\]|[^:/?#@]*)(?::(?<port>\d{1,5}))?(?<path>[/?].*)?$/s;

export function recognise(pasted: string): Recognised {
  const text = pasted.trim();
  if (text === '') return { is: 'nothing' };
  if (/\s/.test(text)) return { is: 'problem', problem: 'spaces' };
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(text) ?? [];
  if (scheme === undefined) return byItsLooks(text) ?? withoutScheme(text);
  if (/^http$/i.test(scheme)) return webAddress(rest);
  const kind = kindOf(text);
  if (!kind) return { is: 'problem', problem: /^https$/i.test(scheme) ? 'web-page' : 'unknown-scheme' };
  if (kind === 'clip') return { is: 'camera', kind, isEncrypted: false, url: text, host: '' };
  return address(kind, scheme.toLowerCase(), rest);
}

/** A serial number, or another form by which a kind of source recognises its own cameras. */
function byItsLooks(text: string): Recognised | undefined {
  for (const kind of SOURCE_KIND_NAMES) {
    const { recognise: own }: SourceKind = SOURCE_KINDS[kind];
    const found = own?.(text);
    if (found) return { is: 'camera', kind, isEncrypted: false, host: text.toUpperCase(), ...found };
  }
  return undefined;
}

function withoutScheme(text: string): Recognised {
  const parts = splitAddress(text);
  if (!parts || !HOST.test(parts.host)) return { is: 'nothing' };
  if (parts.path !== '' && parts.path !== '/') return address('rtsp', 'rtsp', text);
  // One word is more likely the beginning of something than a host.
  if (!/[.:\]]/.test(parts.host) && parts.host !== 'localhost') return { is: 'nothing' };
  return { is: 'host', host: parts.host, port: parts.port };
}

/** The address of a camera's own web page. Only its host is of use. */
function webAddress(rest: string): Recognised {
  const parts = splitAddress(rest);
  if (!parts || parts.host === '') return { is: 'problem', problem: 'no-host' };
  return { is: 'host', host: parts.host, port: '' };
}

function address(kind: SourceKindName, scheme: string, rest: string): Recognised {
  const parts = splitAddress(rest);
  if (!parts || parts.host === '') return { is: 'problem', problem: 'no-host' };
  const { host, port, path, username, password } = parts;
  if (kind === 'rtsp' && (path === '' || path === '/') && username === undefined) return { is: 'host', host, port };
  const origin = `${scheme}://${host}${port && `:${port}`}`;
  const { encryptedForms }: SourceKind = SOURCE_KINDS[kind];
  const brand = brandNames(path);
  const substream = likelySubstream(origin + path);
  return {
    is: 'camera',
    kind,
    isEncrypted: encryptedForms.includes(scheme),
    url: origin + path,
    host,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(brand && { brand }),
    ...(substream !== undefined && { substream }),
  };
}

type Address = {
  readonly host: string;
  readonly port: string;
  readonly path: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
};

/** The last `@` before the path ends the credentials, because people paste passwords with `@` in them. */
function splitAddress(rest: string): Address | undefined {
  const groups = ADDRESS.exec(rest)?.groups;
  if (!groups) return undefined;
  const { credentials, host = '', port = '', path = '' } = groups;
  const [, username, , password] = /^([^:]*)(:(.*))?$/s.exec(credentials ?? '') ?? [];
  return {
    host,
    port,
    path,
    username: credentials === undefined ? undefined : decoded(username ?? ''),
    password: password === undefined ? undefined : decoded(password),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
