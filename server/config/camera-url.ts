import type { CameraConfig } from './schema.ts';

/** `scheme://` then everything up to the last @ that stands before the host: passwords hold # / ? : and @ in the field. */
const WITH_CREDENTIALS = /^([a-z]+:\/\/)(.*)@([^@]*)$/s;

/** Credentials in a URL, moved out of it. `url` is what may be shown. */
export function splitUrlCredentials(url: string): { url: string; username?: string; password?: string } {
  const match = WITH_CREDENTIALS.exec(url);
  if (!match || url.startsWith('clip://')) return { url };
  const [, scheme = '', userInfo = '', rest = ''] = match;
  // An @ in the path or query (…/user@host) is no credential: a user name never holds a slash before its colon.
  const colon = userInfo.indexOf(':');
  const username = colon < 0 ? userInfo : userInfo.slice(0, colon);
  if (/[/?#]/.test(username)) return { url };
  return {
    url: `${scheme}${rest}`,
    username: decode(username),
    ...(colon < 0 ? {} : { password: decode(userInfo.slice(colon + 1)) }),
  };
}

/** Moves credentials out of a camera's addresses; its own fields win. */
export function splitCredentials(camera: CameraConfig): CameraConfig {
  const main = splitUrlCredentials(camera.url);
  const strip = (url: string | undefined): string | undefined =>
    url === undefined ? undefined : splitUrlCredentials(url).url;
  const username = camera.username ?? main.username;
  const password = camera.password ?? main.password;
  const substream = strip(camera.substream);
  const fallback = strip(camera.fallback);
  return {
    ...camera,
    url: main.url,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(substream === undefined ? {} : { substream }),
    ...(fallback === undefined ? {} : { fallback }),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A bare % is part of the password.
  }
}
