/** Where the gateway serves something of a camera, and how the right to it is proved. */
export type GatewayAddress = { readonly gateway: string; readonly camera: string; readonly token: string | undefined };

export function cameraUrl(address: GatewayAddress, path: string, query: Record<string, string> = {}): string {
  const search = new URLSearchParams(query).toString();
  return `${address.gateway}/api/cameras/${encodeURIComponent(address.camera)}${path}${search ? `?${search}` : ''}`;
}

export function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** A foreign page must not send the gateway's cookie, its own page must. */
export function credentialsFor(gateway: string): RequestCredentials {
  return gateway === '' ? 'same-origin' : 'omit';
}
