/** An IPv4 address and UDP port. The protocol has no other kind of address. */
export type Endpoint = { readonly address: string; readonly port: number };

const ENDPOINT = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3}):(\d{1,5})$/;

/** Reads `a.b.c.d:port`; undefined for anything else, port 0 included. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const match = ENDPOINT.exec(text.trim());
  if (!match) return undefined;
  const octets = match.slice(1, 5).map(Number);
  const port = Number(match[5]);
  if (octets.some((octet) => octet > 255) || port === 0 || port > 65_535) return undefined;
  return { address: octets.join('.'), port };
}

/** Devices list bare interface addresses before the one `ip:port` that counts, which stands last. */
export function parseLastEndpoint(list: string): Endpoint | undefined {
  return parseEndpoint(list.slice(list.lastIndexOf(',') + 1));
}

export function formatEndpoint(endpoint: Endpoint): string {
  return `${endpoint.address}:${endpoint.port}`;
}

export function sameEndpoint(a: Endpoint | undefined, b: Endpoint | undefined): boolean {
  return a !== undefined && b !== undefined && a.port === b.port && a.address === b.address;
}
