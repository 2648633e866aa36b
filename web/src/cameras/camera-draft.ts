import { addressesOf } from '../../../shared/brand-address.ts';
import type { Recognised } from '../../../shared/recognise.ts';

/** What stands in the form while a camera is added. */
export type CameraDraft = {
  readonly address: string;
  /** Asked for when the address is a host alone. */
  readonly brand: string;
  readonly username: string;
  readonly password: string;
};

export const emptyDraft: CameraDraft = { address: '', brand: '', username: '', password: '' };

export type CameraTarget = {
  readonly url: string;
  readonly substream: string | undefined;
  readonly brandName: string | undefined;
  readonly credentials: { readonly username?: string; readonly password?: string };
};

/**
 * The address to connect to, once the form holds enough for one. Credentials in the fields win over those in the
 * address.
 */
export function draftFrom(draft: CameraDraft, recognised: Recognised): CameraTarget | undefined {
  const typed = {
    ...(draft.username !== '' && { username: draft.username }),
    ...(draft.password !== '' && { password: draft.password }),
  };
  if (recognised.is === 'camera') {
    const { url, substream, username, password, brand } = recognised;
    const pasted = { ...(username !== undefined && { username }), ...(password !== undefined && { password }) };
    return { url, substream, brandName: brand, credentials: { ...pasted, ...typed } };
  }
  if (recognised.is === 'host') {
    const { url, substream } = addressesOf(draft.brand, recognised.host, recognised.port);
    return { url, substream, brandName: draft.brand || undefined, credentials: typed };
  }
  return undefined;
}

/** Moves a pasted user name and password out of the address, when the person leaves the field or starts the look. */
export function withoutCredentials(recognised: Recognised): Partial<CameraDraft> {
  if (recognised.is !== 'camera' || recognised.username === undefined) return {};
  const { url, username, password = '' } = recognised;
  return { address: url, username, password };
}
