/** Where the gateway serves something of a camera, and how the right to it is proved. */
export type GatewayAddress = {
  readonly gateway: string;
  readonly camera: string;
  readonly token: string | undefined;
  /**
   * Tells this player apart from others with the same right, so that a view which was ended stays ended until a
   * person asks again.
   */
  readonly visit?: string | undefined;
};

export function cameraUrl(address: GatewayAddress, path: string, query: Record<string, string> = {}): string {
  return address.gateway + cameraPath(address, path, query);
}

/** The same without the origin of the gateway. */
export function cameraPath(
  { camera, visit }: Pick<GatewayAddress, 'camera' | 'visit'>,
  path: string,
  query: Record<string, string> = {},
): string {
  const search = new URLSearchParams(visit === undefined ? query : { ...query, visit }).toString();
  return `/api/cameras/${segment(camera)}${path}${search ? `?${search}` : ''}`;
}

/** The part of an address that stands for a name or an id. */
export function segment(text: string): string {
  return encodeURIComponent(text);
}

export function bearer(token: string | undefined): Record<string, string> {
  return token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` };
}

/** Pages of other sites must not send the gateway's cookie; its own pages must. */
export function credentialsFor(gateway: string): RequestCredentials {
  return gateway === '' ? 'same-origin' : 'omit';
}
