import type { IncomingMessage } from 'node:http';

/** Express's own function for which hops to trust. The socket's handshake uses the same one. */
export type TrustProxy = (address: string, hop: number) => boolean;

/** The nearest address that is not one of our proxies. */
export function clientAddress(request: IncomingMessage, trust: TrustProxy): string {
  const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',');
  const hops = [request.socket.remoteAddress ?? '', ...forwarded.map((hop) => hop.trim()).reverse()].filter(Boolean);
  const at = hops.findIndex((address, hop) => !trust(address, hop));
  return hops[at < 0 ? hops.length - 1 : at] ?? '';
}

/** The host and scheme that the browser sees. */
export function clientOrigin(request: IncomingMessage, trust: TrustProxy): { host: string; secure: boolean } {
  const isProxied = trust(request.socket.remoteAddress ?? '', 0);
  const first = (name: string): string | undefined =>
    isProxied
      ? String(request.headers[name] ?? '')
          .split(',')[0]
          ?.trim() || undefined
      : undefined;
  const isEncrypted = 'encrypted' in request.socket;
  return {
    host: first('x-forwarded-host') ?? request.headers.host ?? '',
    secure: isEncrypted || first('x-forwarded-proto') === 'https',
  };
}
