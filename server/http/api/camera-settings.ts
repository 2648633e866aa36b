import type { CameraInput, CameraPatch, CameraSettingsView } from '../../../shared/camera-api.ts';
import { CAMERA_ID_PATTERN, type CameraId } from '../../../shared/ids.ts';
import type { Role } from '../../../shared/roles.ts';
import { resolveAllowed } from '../../auth/guarded-dial.ts';
import { splitCredentials, splitUrlCredentials } from '../../config/camera-url.ts';
import { cameraSchema } from '../../config/schema.ts';
import { GatewayError } from '../../platform/errors.ts';
import { redact } from '../../platform/redact.ts';
import type { CameraSettings } from '../../store/cameras.ts';

/** What came from a page, under the rules of the configuration file. Credentials are moved out of the addresses. */
export function checkedSettings(input: CameraInput & { id: string }): CameraSettings {
  const { success, data, error } = cameraSchema.safeParse(input);
  if (!success) {
    const complaints = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new GatewayError('bad-request', complaints.join('; '));
  }
  const camera = splitCredentials(data);
  const present = Object.fromEntries(Object.entries(camera).filter(([, value]) => value !== undefined));
  return { ...present, name: data.name ?? data.id } as CameraSettings;
}

/** `null` removes a setting. Credentials in a new address replace the stored ones. */
export function patchedSettings(camera: CameraSettings, patch: CameraPatch): CameraSettings {
  const { url: _, ...given } = patch.url === undefined ? {} : splitUrlCredentials(patch.url);
  const set = { ...given, ...patch };
  const merged = Object.entries({ ...camera, ...set, restricted: null }).filter(([, value]) => value !== null);
  const patched = checkedSettings(Object.fromEntries(merged) as CameraInput & { id: string });
  const keepsPassword = camera.password !== undefined && set.password === undefined;
  if (keepsPassword && leadsElsewhere(camera, patched)) {
    const message =
      'The camera has another host now. Enter its password again: a stored one is never sent to a new host.';
    throw new GatewayError('bad-request', message);
  }
  return patched;
}

/** Whether an address of `after` would carry the credentials of `before` to a host that did not have them. */
export function leadsElsewhere(before: Addresses, after: Addresses): boolean {
  const known = new Set(addresses(before).map(hostOf));
  return addresses(after).some((url) => !known.has(hostOf(url))) || before.via !== after.via;
}

type Addresses = Pick<CameraSettings, 'url' | 'substream' | 'fallback' | 'via'>;
const ADDRESS_FIELDS = ['url', 'substream', 'fallback'] as const;

/**
 * Marks what no administrator vouches for. An operator's addresses are checked now and again at every dial; they are
 * trusted when an administrator has set each of them anew.
 */
export async function guarded(
  camera: CameraSettings,
  by: Role,
  before?: CameraSettings,
  set: object = camera,
): Promise<CameraSettings> {
  const { restricted: _, ...trusted } = camera;
  if (by === 'admin') {
    const vouchesForAll = ADDRESS_FIELDS.every((field) => camera[field] === undefined || field in set);
    return before?.restricted && !vouchesForAll ? { ...trusted, restricted: true } : trusted;
  }
  const touchesNothing = before !== undefined && ![...ADDRESS_FIELDS, 'via'].some((field) => field in set);
  if (touchesNothing) return before.restricted ? { ...trusted, restricted: true } : trusted;
  await refuseRestricted(camera);
  return { ...trusted, restricted: true };
}

/** What an operator may set: an address on the network, not on the gateway itself, and no file. */
export async function refuseRestricted(camera: Addresses): Promise<void> {
  for (const url of addresses(camera)) {
    if (url.startsWith('clip://')) {
      throw new GatewayError('not-allowed', 'Only an administrator can show files of the gateway.');
    }
    const isDialledFromHere = /^(rtsps?|kasa):/.test(url) && camera.via === undefined;
    if (isDialledFromHere) await resolveAllowed(hostNameOf(url));
  }
}

/** `front-door-2` for the second camera that is called Front door. */
export function freeId(name: string, isTaken: (id: CameraId) => boolean): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 55);
  const base = CAMERA_ID_PATTERN.test(plain) ? plain : 'camera';
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!isTaken(id as CameraId)) return id;
  }
}

export function settingsView(camera: CameraSettings, definedIn: 'config' | 'dashboard'): CameraSettingsView {
  const { url, username, substream, fallback, whenOffline, via, transport, embedOrigins, password } = camera;
  return {
    ...{ url, whenOffline, transport, definedIn, hasPassword: password !== undefined },
    ...(username === undefined ? {} : { username }),
    ...(substream === undefined ? {} : { substream }),
    ...(fallback === undefined ? {} : { fallback }),
    ...(via === undefined ? {} : { via }),
    ...(embedOrigins === undefined ? {} : { embedOrigins: [...embedOrigins] }),
  };
}

function addresses(camera: Addresses): string[] {
  return ADDRESS_FIELDS.map((field) => camera[field]).filter((address) => address !== undefined);
}

function hostNameOf(url: string): string {
  try {
    return new URL(url.replace(/^\w+:/, 'http:')).hostname;
  } catch {
    throw new GatewayError('bad-request', `${redact(url)} cannot be read as an address.`);
  }
}

/** Host and port: another service of the same machine is another place for a password. */
function hostOf(url: string): string {
  return /^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1]?.toLowerCase() ?? url;
}
