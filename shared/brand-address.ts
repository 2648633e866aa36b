import type { CameraBrand } from './camera-brands.ts';
import { CAMERA_BRANDS } from './source-kinds.ts';

/** Too common to tell a brand by. */
const EVERYBODYS = /^\/(?:stream|live|video|cam|media)?\/?(?:ch)?\d*$/i;

/** The makers whose cameras have such a path, by name; several share one. */
export function brandNames(path: string): string | undefined {
  if (EVERYBODYS.test(path)) return undefined;
  const names = CAMERA_BRANDS.filter((brand) => pathsOf(brand).includes(shape(path))).map(({ name }) => name);
  return names.length > 0 ? names.join(', ') : undefined;
}

/** Paths without their channel and stream numbers. */
function pathsOf({ main, sub }: CameraBrand): string[] {
  return [main, sub].filter((template) => template !== undefined).map((template) => shape(pathOf(template)));
}

function pathOf(template: string): string {
  return template.replace(/^[a-z]+:\/\/\{host\}(?::\d+)?/, '');
}

function shape(path: string): string {
  return path.replaceAll(/\d+/g, '#').toLowerCase();
}

export type BrandAddresses = { readonly url: string; readonly substream?: string; readonly note?: string };

/** The addresses of a camera of this maker at this host; a port of one's own replaces the usual one. */
export function addressesOf(brandName: string, host: string, port: string): BrandAddresses {
  const brand = CAMERA_BRANDS.find(({ name }) => name === brandName);
  if (!brand) return { url: `rtsp://${host}${port && `:${port}`}/` };
  const at = (template: string) =>
    port === '' ? template.replace('{host}', host) : template.replace(/\{host\}(?::\d+)?/, `${host}:${port}`);
  return {
    url: at(brand.main),
    ...(brand.sub !== undefined && { substream: at(brand.sub) }),
    ...(brand.note !== undefined && { note: brand.note }),
  };
}
