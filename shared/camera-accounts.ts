import { originOf, splitCredentials } from './camera-address.ts';
import { type Account, ADDRESS_SETTINGS, type AddressSetting, type CameraSettings } from './camera-settings.ts';

type Accounts = NonNullable<CameraSettings['accounts']>;
type Addresses = Account & { readonly [Name in AddressSetting]?: string } & { readonly accounts?: Accounts };

/** Moves the credentials out of a camera's addresses. Those of `url` become its user name and password, unless these are set. */
export function withoutCredentials<Camera extends Addresses & { readonly url: string }>(camera: Camera): Camera {
  const { url, ...inUrl } = splitCredentials(camera.url);
  const addresses: Partial<Record<AddressSetting, string>> = { url };
  const accounts: Partial<Record<keyof Accounts, Account>> = { ...camera.accounts };
  for (const name of ADDRESS_SETTINGS) {
    const address = camera[name];
    if (name === 'url' || address === undefined) continue;
    const { url: shown, ...account } = splitCredentials(address);
    addresses[name] = shown;
    if (account.username !== undefined) accounts[name] = account;
  }
  const { accounts: _, ...rest } = camera;
  const hasAccounts = Object.keys(accounts).length > 0;
  return { ...inUrl, ...rest, ...addresses, ...(hasAccounts ? { accounts } : {}) } as Camera;
}

/**
 * The account to use at one of a camera's addresses: its own, or that of the main address when scheme, host and port are the
 * same. No account is ever sent to a place that it was not given for.
 */
export function accountAt(camera: Addresses, name: AddressSetting): Account {
  if (name !== 'url') {
    const own = camera.accounts?.[name];
    if (own) return own;
    if (originOf(camera[name] ?? '') !== originOf(camera.url ?? '')) return {};
  }
  const { username, password } = camera;
  return { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) };
}

/** The account of a saved camera for this address: that of any of its addresses with the same scheme, host and port. */
export function accountForOrigin(camera: Addresses, url: string): Account {
  const origin = originOf(url);
  const name = ADDRESS_SETTINGS.find((candidate) => originOf(camera[candidate] ?? '') === origin);
  return name ? accountAt(camera, name) : {};
}
