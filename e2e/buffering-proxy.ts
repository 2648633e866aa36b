import http from 'node:http';
import type { AddressInfo } from 'node:net';

export type BufferingProxy = { readonly url: string; close(): Promise<void> };

/** A reverse proxy as some companies run it: it hands a response on only when it has all of it. */
export async function startBufferingProxy(target: string): Promise<BufferingProxy> {
  const server = http.createServer((request, response) => {
    const { hostname, port } = new URL(target);
    const { url: path, method, headers } = request;
    const onward = http.request({ hostname, port, path, method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        response.end(Buffer.concat(chunks));
      });
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
