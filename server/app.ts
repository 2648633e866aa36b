import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { createCameraParts, type Demo } from './app-cameras.ts';
import { createOutputs } from './app-outputs.ts';
import { type Auth, createAuth } from './auth/auth.ts';
import type { LoginConfig } from './auth/configured-logins.ts';
import { watchOutsideChanges } from './auth/outside-changes.ts';
import type { Config } from './config/schema.ts';
import { registerHubMetrics } from './http/metrics/hub-metrics.ts';
import { startMetricsServer } from './http/metrics/metrics-server.ts';
import { createHttpServer } from './http/server.ts';
import { systemClock } from './platform/clock.ts';
import { watchDescriptors } from './platform/descriptor-watch.ts';
import { asGatewayError } from './platform/errors.ts';
import { giveMemoryBack } from './platform/memory-rest.ts';
import { createMetrics } from './platform/metrics.ts';
import { packageRoot } from './platform/paths.ts';
import { catchStrayErrors } from './platform/stray-errors.ts';
import { openDataFolder } from './store/data-folder.ts';
import { watchData } from './store/data-watch.ts';
import { writeGatewayAddress } from './store/gateway-address.ts';

export type AppOptions = {
  readonly config: Config;
  /** Where the store and the key file lie. */
  readonly data: string;
  readonly log: Logger;
  /** Demo cameras, which are shown beside the cameras of the config. */
  readonly demo: Demo | undefined;
};

export type App = {
  readonly url: string;
  /** The ports that are open, even if 0 was requested. */
  readonly ports: { readonly webrtc: number; readonly rtsp: number };
  /** A link that signs the owner in once. It exists only while nobody has an account. */
  readonly signInLink: string | undefined;
  /** Takes the cameras of a changed config. Streams of unchanged cameras continue. */
  reconfigure(config: Config): void;
  /** Ends every viewer, source and socket. It may be called more than once. */
  stop(): Promise<void>;
};

/** Builds the gateway from its parts, and takes it down in reverse order. With its two halves, app-cameras.ts and app-outputs.ts, it alone knows every folder. */
export async function startApp({ config, data, log, demo }: AppOptions): Promise<App> {
  const closers: (() => unknown)[] = [];
  const stopAll = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const clock = systemClock;
    const tls = config.http.tls && readTls(config.http.tls);
    closers.push(catchStrayErrors(log), watchDescriptors(clock));
    const { store, secrets, close } = openDataFolder(data, { as: 'gateway', make: true });
    closers.push(close);
    closers.push(watchData(store, clock, log));
    const auth = createAuth({
      store,
      secrets,
      clock,
      ...loginsOf(config),
      accessAudit: config.audit,
      report: (error) => log.error({ err: error }, 'what a right held did not end cleanly'),
    });
    closers.push(watchOutsideChanges({ store, rights: auth.rights, clock }));
    const metrics = createMetrics();
    const cameras = createCameraParts({
      config,
      store,
      clock,
      log,
      demo,
      takeBackCamera: auth.takeBackCamera,
    });
    closers.push(() => cameras.close());
    await cameras.configure(config);
    const demoPort = demo && cameras.tunnelPort(demo.dialIn.name);
    if (demoPort !== undefined) demo?.startDialIn(demoPort);
    closers.push(giveMemoryBack(() => cameras.hub.viewers().length > 0, clock));
    cameras.hub.on('viewer-came', (viewer) => auth.accessAudit.viewed(viewer));
    registerHubMetrics(metrics, cameras.hub);
    const outputs = await createOutputs({ config, tls, cameras, auth, store, clock, log, metrics });
    closers.push(() => outputs.close());
    let isReady = true;
    const http = createHttpServer({
      auth,
      store,
      clock,
      log,
      metrics,
      cameras: cameras.directory,
      hub: cameras.hub,
      probe: cameras.probe,
      discover: cameras.discover,
      device: cameras.device,
      facts: cameras.facts,
      webrtc: outputs.webrtc,
      routers: outputs.routers,
      host: config.http.host,
      port: config.http.port,
      trustProxy: config.http.trustProxy,
      ...(tls ? { tls } : {}),
      embedOrigins: config.http.embedOrigins,
      webRoot: join(packageRoot(), 'dist', 'web'),
      isReady: () => isReady,
      gateway: {
        version: readVersion(),
        demo: demo !== undefined,
        maxViewers: config.limits.maxViewers,
        rtspPort: outputs.rtspPort,
      },
    });
    closers.push(() => http.close());
    const { metrics: scraped } = config.http;
    if (scraped) {
      const metricsServer = await startMetricsServer(metrics, scraped.host, scraped.port);
      closers.push(() => metricsServer.close());
    }
    const port = await http.listen();
    const url = `${config.http.tls ? 'https' : 'http'}://${shownHost(config.http.host)}:${port}`;
    closers.push(writeGatewayAddress(data, url));
    const link = firstLink(auth, log);
    store.makeHaste();
    return {
      url,
      ports: { webrtc: outputs.webrtc.port, rtsp: outputs.rtspPort },
      signInLink: link === undefined ? undefined : `${url}/setup/${link}`,
      reconfigure: (next) => {
        cameras
          .configure(next)
          .catch((error: Error) =>
            log.error(
              { reason: error.message },
              'a port for dial-in devices cannot be opened; all other changes apply',
            ),
          );
        auth.configured.configure(loginsOf(next));
      },
      stop: async () => {
        isReady = false;
        await stopAll();
      },
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

/** When nothing can be written, there is no such link. People who signed in before stay signed in. */
function firstLink({ signIns }: Auth, log: Logger): string | undefined {
  try {
    return signIns.createFirstLink();
  } catch (error) {
    if (asGatewayError(error).code !== 'data-failed') throw error;
    log.error((error as Error).message);
    return undefined;
  }
}

function loginsOf({ auth, rtsp }: Config): LoginConfig {
  return { tokens: auth.tokens, rtspUsers: rtsp.users };
}

function readTls({ cert, key }: { cert: string; key: string }): { cert: string; key: string } {
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}

function readVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string }).version;
}

/** The address to open in a browser on this machine. */
function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
