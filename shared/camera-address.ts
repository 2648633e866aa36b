import { kindOf, SOURCE_KINDS, type SourceKind, schemeOf } from './source-kinds.ts';

export type SplitAddress = {
  /** The address without credentials, which may be shown. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
};

/** `scheme://` and everything up to the last @ before the host. Real passwords contain # / ? : and @. */
const WITH_CREDENTIALS = /^([a-z]+:\/\/)(.*)@([^@]*)$/is;

/** The credentials of an address, moved out of it. */
export function splitCredentials(address: string): SplitAddress {
  const match = WITH_CREDENTIALS.exec(address);
  if (!match || schemeOf(address) === 'clip') return { url: address };
  const [, scheme = '', userInfo = '', rest = ''] = match;
  const colon = userInfo.indexOf(':');
  const username = colon < 0 ? userInfo : userInfo.slice(0, colon);
  // An @ in the path or query (…/user@host) does not end credentials: a user name has no slash before its colon.
  if (/[/?#]/.test(username)) return { url: address };
  return {
    url: `${scheme}${rest}`,
    username: decode(username),
    ...(colon < 0 ? {} : { password: decode(userInfo.slice(colon + 1)) }),
  };
}

/** Scheme, host and port of an address without credentials. A password may only be sent to the origin it was given for. */
export function originOf(url: string): string {
  const authority = /^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1] ?? '';
  const scheme = schemeOf(url);
  const kind = kindOf(url);
  const { schemes }: Pick<SourceKind, 'schemes'> = kind ? SOURCE_KINDS[kind] : { schemes: {} };
  const usualPort = schemes[scheme];
  // The case of a serial number matters; that of a host does not.
  const place = usualPort === undefined ? authority : authority.toLowerCase();
  const hasPort = /^(?:\[[^\]]*\]|[^:]*):\d+$/.test(place);
  return `${scheme}://${place}${hasPort || usualPort === undefined ? '' : `:${usualPort}`}`;
}

/** The host of an address that the gateway dials itself. */
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
