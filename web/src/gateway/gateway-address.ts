/** Where the gateway serves something of a camera, and how the right to it is proved. */
export type GatewayAddress = {
  readonly gateway: string;
  readonly camera: string;
  readonly token: string | undefined;
  /** Tells this player from others with the same right: a view that was ended stays so until a person asks again. */
  readonly visit?: string | undefined;
};

export function cameraUrl(address: GatewayAddress, path: string, query: Record<string, string> = {}): string {
  const { visit } = address;
  const search = new URLSearchParams(visit === undefined ? query : { ...query, visit }).toString();
  return `${address.gateway}/api/cameras/${encodeURIComponent(address.camera)}${path}${search ? `?${search}` : ''}`;
}

export function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** A foreign page must not send the gateway's cookie, its own page must. */
export function credentialsFor(gateway: string): RequestCredentials {
  return gateway === '' ? 'same-origin' : 'omit';
}
