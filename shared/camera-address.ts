import { kindOf, SOURCE_KINDS, type SourceKind, schemeOf } from './source-kinds.ts';

export type SplitAddress = {
  /** What may be shown. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
};

/** `scheme://` then everything up to the last @ that stands before the host: passwords hold # / ? : and @ in the field. */
const WITH_CREDENTIALS = /^([a-z]+:\/\/)(.*)@([^@]*)$/is;

/** The credentials of an address, moved out of it. */
export function splitCredentials(address: string): SplitAddress {
  const match = WITH_CREDENTIALS.exec(address);
  if (!match || schemeOf(address) === 'clip') return { url: address };
  const [, scheme = '', userInfo = '', rest = ''] = match;
  const colon = userInfo.indexOf(':');
  const username = colon < 0 ? userInfo : userInfo.slice(0, colon);
  // An @ in the path or query (…/user@host) is no credential: a user name never holds a slash before its colon.
  if (/[/?#]/.test(username)) return { url: address };
  return {
    url: `${scheme}${rest}`,
    username: decode(username),
    ...(colon < 0 ? {} : { password: decode(userInfo.slice(colon + 1)) }),
  };
}

/** Scheme, host and port of an address without credentials: what a password may be sent to when it was given for it. */
export function originOf(url: string): string {
  const authority = /^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1] ?? '';
  const scheme = schemeOf(url);
  const kind = kindOf(url);
  const { schemes }: Pick<SourceKind, 'schemes'> = kind ? SOURCE_KINDS[kind] : { schemes: {} };
  const usualPort = schemes[scheme];
  // A serial number keeps its case; a host has none.
  const place = usualPort === undefined ? authority : authority.toLowerCase();
  const hasPort = /^(?:\[[^\]]*\]|[^:]*):\d+$/.test(place);
  return `${scheme}://${place}${hasPort || usualPort === undefined ? '' : `:${usualPort}`}`;
}

/** Host of an address that the gateway dials itself. */
export function hostOf(url: string): string {
  const authority = /^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1] ?? '';
  return (
    /^\[([^\]]*)\]/.exec(authority)?.[1] ??
    (authority.match(/:/g)?.length === 1 ? (authority.split(':')[0] as string) : authority)
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A bare % is part of the password.
  }
}
