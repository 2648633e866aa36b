/** What the address of an embedded player says. */
export type EmbedOptions = {
  readonly camera: string;
  readonly token: string | undefined;
  readonly theme: 'dark' | 'light';
  /** Attributes of `<oriel-player>`. */
  readonly attributes: Readonly<Record<string, string>>;
};

const PASSED_ON = ['quality', 'controls', 'poster'] as const;
const OFF = ['0', 'off', 'false', 'no'];

/** Reads `/embed/CAMERA?token=…&theme=light&controls=none&autoplay=0&muted=0&quality=sub&poster=none`. */
export function parseEmbedAddress(address: URL): EmbedOptions | undefined {
  const camera = /^\/embed\/([a-z0-9][a-z0-9_-]{0,62})\/?$/.exec(address.pathname)?.[1];
  if (camera === undefined) return undefined;
  const { searchParams } = address;
  const isOff = (name: string) => OFF.includes(searchParams.get(name) ?? '');
  const attributes: Record<string, string> = { camera };
  for (const name of PASSED_ON) {
    const value = searchParams.get(name);
    if (value) attributes[name] = value;
  }
  const token = searchParams.get('token') || undefined;
  if (token !== undefined) attributes.token = token;
  if (isOff('autoplay')) attributes.autoplay = 'off';
  if (isOff('muted')) attributes.sound = 'on';
  return { camera, token, theme: searchParams.get('theme') === 'light' ? 'light' : 'dark', attributes };
}

/** The token of `/s/TOKEN`. */
export function parseShareAddress(address: URL): string | undefined {
  return /^\/s\/([\w.~-]{8,512})\/?$/.exec(address.pathname)?.[1];
}
