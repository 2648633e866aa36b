import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach } from 'vitest';
import type { SessionView } from '../../../shared/api.ts';
import type { CameraView } from '../../../shared/camera.ts';
import type { ErrorCode } from '../../../shared/error-code.ts';

export type Asked = { readonly method: string; readonly path: string; readonly body: unknown };
export type Answer = {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** What is answered to `GET /api/shares` and the like: a value, or a function of what was sent. */
export type Routes = Record<string, unknown | ((asked: Asked) => unknown)>;

/** An HTTP server that answers what a test says, at the origin of the page, and remembers what it was asked. */
export type SmallGateway = {
  readonly server: Server;
  readonly origin: string;
  readonly asked: Asked[];
  /** The bodies that were sent with this method to this path. */
  bodies(route: string): unknown[];
};

let open: Server | undefined;

afterEach(() => {
  open?.closeAllConnections();
  open?.close();
  open = undefined;
});

export async function openGateway(routes: Routes): Promise<SmallGateway> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url = '' } = request;
    const sent = await text(request);
    const now = { method, path: url, body: sent === '' ? undefined : JSON.parse(sent) };
    asked.push(now);
    const route = routes[`${method} ${url}`];
    const answer = typeof route === 'function' ? await route(now) : route;
    const { status, body, headers }: Answer = isAnswer(answer)
      ? answer
      : { status: answer === undefined ? 404 : 200, body: answer };
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open = server;
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  goTo(`${origin}/`);
  return {
    server,
    origin,
    asked,
    bodies: (route) => asked.filter(({ method, path }) => `${method} ${path}` === route).map(({ body }) => body),
  };
}

/** The page is at this address now, as if it had been loaded from there. */
export function goTo(address: string): void {
  const { happyDOM } = globalThis as unknown as { happyDOM: { setURL(url: string): void } };
  happyDOM.setURL(new URL(address, location.href).href);
}

export function done(): Answer {
  return { status: 204 };
}

export function refuse(code: ErrorCode, message: string, status = 400): Answer {
  return { status, body: { error: { code, message } } };
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && 'status' in value && typeof value.status === 'number';
}

export function cameraView(id: string, part: Partial<CameraView> = {}): CameraView {
  return {
    id,
    name: id.charAt(0).toUpperCase() + id.slice(1),
    enabled: true,
    kind: 'rtsp',
    hasSubstream: true,
    main: { phase: 'idle' },
    sub: { phase: 'idle' },
    tracks: [],
    viewers: 0,
    ...part,
  };
}

/** Somebody who may do everything, unless the test says otherwise. */
export function sessionView(part: Partial<SessionView> = {}): SessionView {
  return {
    kind: 'user',
    name: 'ada',
    role: 'admin',
    cameras: 'all',
    may: [
      ...(['list-cameras', 'view', 'snapshot', 'record', 'talk', 'control', 'share', 'edit-cameras'] as const),
      ...(['see-viewers', 'kick-viewers', 'manage-users', 'see-audit', 'see-metrics', 'own-account'] as const),
    ],
    mayListen: true,
    qualityCeiling: 'main',
    needsPassword: false,
    ...part,
  };
}
