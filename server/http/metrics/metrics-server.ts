import { createServer } from 'node:http';
import type { Registry } from 'prom-client';
import { listenOn } from '../../platform/listen.ts';

export type MetricsServer = { readonly port: number; close(): Promise<void> };

/** Metrics on their own address, for a scraper without a token. Everybody who can reach that address may read them. */
export async function startMetricsServer(metrics: Registry, host: string, port: number): Promise<MetricsServer> {
  const server = createServer(async (request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    const text = await metrics.metrics();
    response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
  });
  const settings = { port: 'http.metrics.port', host: 'http.metrics.host' };
  return {
    port: await listenOn(server, { host, port, settings }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
