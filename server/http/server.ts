import { createServer as createHttp, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import express, { type Express, type Request, type Router } from 'express';
import { MemoryStore } from 'express-rate-limit';
import type { Registry } from 'prom-client';
import type { CameraId } from '../../shared/ids.ts';
import { refusal } from '../auth/access.ts';
import { type Action, type Principal, withVisit } from '../auth/principal.ts';
import { asGatewayError } from '../platform/errors.ts';
import { listenOn } from '../platform/listen.ts';
import type { TrustProxy } from './access/client-address.ts';
import { readCredentials } from './access/credentials.ts';
import type { RequestAccess } from './access/request-access.ts';
import { allowOrigins, limitFailures, refuseCrossSite, securityHeaders } from './access/security.ts';
import { untilWritable } from './access/until-writable.ts';
import { allRoutes } from './api/all-routes.ts';
import type { ApiContext, ApiParts } from './api/api-context.ts';
import { apiNotFound, errorHandler } from './error-handler.ts';
import { SOCKET_PATH, SocketServer } from './live/socket.ts';
import { refuseForeignWebSocket, routeUpgrades } from './live/web-socket.ts';
import { MEDIA_ROUTES } from './media/media-routes.ts';
import { openApiDocument } from './openapi.ts';
import { pageRouter } from './pages/pages.ts';
import { mountRoutes } from './route.ts';

export type HttpServerOptions = ApiParts & {
  readonly host: string;
  readonly port: number;
  /** PEM texts. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly trustProxy: boolean | number | string;
  /** Web origins that may show every camera in a frame. */
  readonly embedOrigins: readonly string[];
  readonly webRoot: string;
  readonly metrics: Registry;
  /** WHEP, HLS, live.mp4, stills: each output brings its own, and asks `access` before it answers. */
  readonly routers: readonly ((access: RequestAccess) => Router)[];
};

export type HttpServer = {
  readonly app: Express;
  /** Resolves with the port once connections are taken; rejects when it is in use. */
  listen(): Promise<number>;
  /** Ends every connection. Idempotent. */
  close(): Promise<void>;
};

export function createHttpServer(options: HttpServerOptions): HttpServer {
  const app = express();
  app.disable('x-powered-by');
  // To Express `true` is every hop, and the caller writes the first one.
  app.set('trust proxy', options.trustProxy === true ? 1 : options.trustProxy);
  app.set('query parser', 'simple');
  const server = options.tls ? createHttps(options.tls, app) : createHttp(app);
  const failures = new MemoryStore();
  const { context, access, connectSocket } = createContext(options);
  mountEverything(app, options, context, access, failures);
  const endWebSockets = routeUpgrades(server, app, (path) => path.startsWith(SOCKET_PATH));
  const socket = new SocketServer(server, options, app.get('trust proxy fn') as TrustProxy);
  connectSocket(socket);
  const { host, port } = options;
  let closing: Promise<void> | undefined;

  return {
    app,
    listen: () => listenOn(server, { host, port, settings: { port: '--port', host: '--host' } }),
    close: () => {
      endWebSockets();
      closing ??= close(server, socket, failures);
      return closing;
    },
  };
}

function createContext(parts: ApiParts): {
  context: ApiContext;
  access: RequestAccess;
  connectSocket(socket: SocketServer): void;
} {
  const { auth, store, clock } = parts;
  let socket: SocketServer | undefined;
  const identify = (request: Request): Principal | undefined => {
    const principal = auth.identify(readCredentials(request.headers, request.url, request.secure), request.ip ?? '');
    return principal && withVisit(principal, request.query.visit);
  };
  const check = (principal: Principal | undefined, action: Action, camera: CameraId | undefined): Principal => {
    const error = refusal(principal, action, camera);
    if (error) throw error;
    return principal as Principal;
  };
  const context: ApiContext = {
    ...parts,
    require: check,
    note({ principal, request }, event, note) {
      const address = request.ip === undefined ? {} : { address: request.ip };
      store.audit.add({ who: principal.who, event, ...address, ...note }, clock.wallMs());
    },
    tellProbeStep: (...step) => socket?.tellProbeStep(...step),
  };
  return {
    context,
    access: (request, action, camera) => {
      let principal: Principal | undefined;
      try {
        principal = identify(request);
        return check(principal, action, camera);
      } catch (error) {
        const refused = { principal, action, camera, address: request.ip ?? '' };
        auth.accessAudit.refused({ ...refused, error: asGatewayError(error) });
        throw error;
      }
    },
    connectSocket: (created) => {
      socket = created;
    },
  };
}

function mountEverything(
  app: Express,
  options: HttpServerOptions,
  context: ApiContext,
  access: RequestAccess,
  failures: MemoryStore,
): void {
  const { cameras, embedOrigins, gateway, log, metrics, routers, webrtc, webRoot } = options;
  const allowedOrigins = (camera: CameraId): readonly string[] => [
    ...embedOrigins,
    ...(cameras.get(camera)?.embedOrigins ?? []),
  ];
  app.use(securityHeaders(), refuseCrossSite, refuseForeignWebSocket);
  app.use(
    ['/api', '/agents'],
    limitFailures(failures, (request) => isKnown(access, request)),
  );
  app.use('/api/cameras/:id', allowOrigins(allowedOrigins));
  // Its answer is about no camera: any origin that may show one asks.
  app.use(
    '/api/ice-servers',
    allowOrigins(() => cameras.list().flatMap(({ id }) => allowedOrigins(id))),
  );
  for (const create of routers) app.use(create(access));
  app.use(untilWritable(options.store, options.clock));
  const routes = allRoutes(context);
  mountRoutes(app, routes, access);
  const description = openApiDocument(routes, MEDIA_ROUTES, gateway.version);
  app.get('/api/openapi.json', (_request, response) => response.json(description));
  app.get('/metrics', async (request, response) => {
    access(request, 'see-metrics');
    response.type(metrics.contentType).send(await metrics.metrics());
  });
  app.use(['/api', '/agents'], apiNotFound);
  app.use(pageRouter({ webRoot, allowedOrigins, opened: () => webrtc.prepare() }));
  app.use(errorHandler(log));
}

function isKnown(access: RequestAccess, request: Request): boolean {
  try {
    return access(request, 'list-cameras') !== undefined;
  } catch {
    return false;
  }
}

async function close(server: Server, socket: SocketServer, failures: MemoryStore): Promise<void> {
  failures.shutdown();
  const closed = new Promise<void>((resolve) => {
    server.once('close', resolve);
    if (!server.listening) resolve();
  });
  const closedSocket = socket.close();
  server.closeAllConnections();
  await Promise.all([closed, closedSocket]);
}
