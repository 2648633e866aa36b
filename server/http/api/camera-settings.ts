import { withoutCredentials } from '../../../shared/camera-accounts.ts';
import { hostOf, originOf, splitCredentials } from '../../../shared/camera-address.ts';
import {
  ADDRESS_SETTINGS,
  type AddressSetting,
  CAMERA_SETTINGS,
  type CameraInput,
  type CameraPatch,
  type CameraSettings,
  type CameraSettingsView,
} from '../../../shared/camera-settings.ts';
import { CAMERA_ID_PATTERN, type CameraId } from '../../../shared/ids.ts';
import type { Role } from '../../../shared/roles.ts';
import { patched, viewOf } from '../../../shared/setting-values.ts';
import { kindOf, SOURCE_KINDS } from '../../../shared/source-kinds.ts';
import { refuseThroughAgent, resolveAllowed } from '../../auth/guarded-dial.ts';
import { cameraSchema } from '../../config/schema.ts';
import { GatewayError } from '../../platform/errors.ts';

/** Checks the input of a page by the rules of the configuration file. Credentials are moved out of the addresses. */
export function checkedSettings(input: CameraInput & { id: string }): CameraSettings {
  const { success, data, error } = cameraSchema.safeParse(input);
  if (!success) {
    const complaints = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new GatewayError('bad-request', complaints.join('; '));
  }
  const { id, name = id, ...camera } = withoutCredentials(data);
  const present = Object.fromEntries(Object.entries(camera).filter(([, value]) => value !== undefined));
  return { ...present, id, name } as CameraSettings;
}

/** `null` removes a setting. Credentials in a new address replace the stored ones. */
export function patchedSettings(camera: CameraSettings, patch: CameraPatch): CameraSettings {
  const { url: _, ...given } = patch.url === undefined ? {} : splitCredentials(patch.url);
  const set = { ...given, ...patch };
  const { restricted: _guard, accounts = {}, ...before } = camera;
  const merged = patched(CAMERA_SETTINGS, before, set) as CameraInput & { id: string };
  const { accounts: ownAccounts, ...after } = checkedSettings(merged);
  const kept = Object.entries(accounts).filter(([name]) => {
    const address = name as AddressSetting;
    return originOf(camera[address] ?? '') === originOf(after[address] ?? '');
  });
  refuseOtherPlace(camera, after, (after.password ?? '') !== '' && set.password === undefined, kept.length > 0);
  const all = { ...Object.fromEntries(kept), ...ownAccounts };
  return Object.keys(all).length === 0 ? after : { ...after, accounts: all };
}

/** A stored password is only kept for the scheme, host, port and network that it was given for. */
function refuseOtherPlace(
  before: CameraSettings,
  after: CameraSettings,
  keepsPassword: boolean,
  keepsAccounts: boolean,
): void {
  const isElsewhere = originOf(before.url) !== originOf(after.url);
  const isOtherNetwork = before.via !== after.via;
  if (!(keepsPassword && (isElsewhere || isOtherNetwork)) && !(keepsAccounts && isOtherNetwork)) return;
  throw new GatewayError(
    'bad-request',
    'The camera is at another place now. Enter its password again, and the accounts of its other addresses: what is stored is never sent to a new place.',
  );
}

type Addresses = Pick<CameraSettings, 'url' | 'substream' | 'fallback' | 'via'>;

/**
 * Marks settings whose addresses no administrator approved. An operator's addresses are checked now and at every dial. They are
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
    const vouchesForAll = ADDRESS_SETTINGS.every((field) => camera[field] === undefined || field in set);
    return before?.restricted && !vouchesForAll ? { ...trusted, restricted: true } : trusted;
  }
  const touchesNothing = before !== undefined && ![...ADDRESS_SETTINGS, 'via'].some((field) => field in set);
  if (touchesNothing) return before.restricted ? { ...trusted, restricted: true } : trusted;
  await refuseRestricted(camera);
  return { ...trusted, restricted: true };
}

/** What an operator may set: an address on the network, not on the gateway itself, and no file. */
export async function refuseRestricted(camera: Addresses): Promise<void> {
  for (const url of addresses(camera)) {
    const kind = kindOf(url);
    if (!kind || !SOURCE_KINDS[kind].forOperators) {
      throw new GatewayError('not-allowed', 'Only an administrator can add an address of this kind.');
    }
    if (!SOURCE_KINDS[kind].dialsHost) continue;
    if (camera.via === undefined) await resolveAllowed(hostOf(url));
    else refuseThroughAgent(hostOf(url));
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
  return { ...viewOf(CAMERA_SETTINGS, camera), definedIn } as CameraSettingsView;
}

function addresses(camera: Addresses): string[] {
  return ADDRESS_SETTINGS.map((field) => camera[field]).filter((address) => address !== undefined);
}
