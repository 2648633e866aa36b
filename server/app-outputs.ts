import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Router } from 'express';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { CameraParts } from './app-cameras.ts';
import type { Auth } from './auth/auth.ts';
import type { Config } from './config/schema.ts';
import type { RequestAccess } from './http/access/request-access.ts';
import { outputRouters } from './http/media/output-routers.ts';
import { registerViewerMetrics, registerWebrtcMetrics } from './http/metrics/viewer-metrics.ts';
import { createFmp4Output } from './outputs/fmp4/fmp4-output.ts';
import { createHlsOutput } from './outputs/hls/hls-output.ts';
import { createRtspAuthorizer } from './outputs/rtsp/rtsp-authorizer.ts';
import { createRtspOutput } from './outputs/rtsp/rtsp-output.ts';
import { createStreamLocator } from './outputs/rtsp/stream-paths.ts';
import { StillOutput } from './outputs/still/still-output.ts';
import { createWebrtcOutput, type WebrtcOutput } from './outputs/webrtc/webrtc-output.ts';
import type { Clock } from './platform/clock.ts';
import type { Store } from './store/store.ts';

const EVERYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

export type OutputParts = {
  readonly webrtc: WebrtcOutput;
  readonly routers: readonly ((access: RequestAccess) => Router)[];
  readonly rtspPort: number;
  close(): Promise<void>;
};

type Options = {
  readonly config: Config;
  /** PEM texts of the gateway's certificate. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly cameras: CameraParts;
  readonly auth: Auth;
  readonly store: Pick<Store, 'users' | 'audit'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Registry;
};

/** Every way a picture leaves the gateway: the viewer half. */
export async function createOutputs({
  config,
  tls,
  cameras,
  auth,
  store,
  clock,
  log,
  metrics,
}: Options): Promise<OutputParts> {
  const { hub, directory } = cameras;
  const closers: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).reverse()) await one();
  };
  try {
    const webrtc = await createWebrtcOutput({
      hub,
      clock,
      log,
      config: await withHost(config),
    });
    closers.push(() => webrtc.close());
    registerWebrtcMetrics(metrics, webrtc);
    registerViewerMetrics(metrics, hub);
    const rtsp = await createRtspOutput({
      hub,
      clock,
      log,
      port: config.rtsp.port,
      host: config.rtsp.host ?? config.http.host,
      ...(config.rtsp.multicast ? { multicast: config.rtsp.multicast } : {}),
      ...(tls ? { tls: { ...tls, port: config.rtsp.tlsPort } } : {}),
      denied: (principal, camera, error, address) =>
        auth.accessAudit.refused({ principal, action: 'view', camera, error, address }),
      locate: createStreamLocator(() => directory.list()),
      authorizer: createRtspAuthorizer({
        configured: auth.configured,
        identifyToken: auth.identifyToken,
        throttle: auth.throttle,
        signIn: (name, password, address) => auth.signIns.checkPassword(name, password, address),
        nowMs: () => clock.nowUs() / 1000,
        refused: (name, address) => {
          // The name as it was typed is sometimes the password: only names that exist are written down.
          const who =
            store.users.byName(name)?.name ?? (auth.configured.secretsOf(name).length > 0 ? name : 'somebody');
          log.warn({ who, address }, 'somebody tried to sign in over RTSP and was refused');
          store.audit.add({ who, event: 'sign-in-refused', address, detail: 'RTSP' }, clock.wallMs());
        },
      }),
    });
    closers.push(() => rtsp.close());
    const fmp4 = createFmp4Output({ hub, clock, log });
    const hls = createHlsOutput({ hub, clock, log, fmp4 });
    return {
      webrtc,
      rtspPort: rtsp.port,
      routers: outputRouters({ webrtc, fmp4, hls, stills: new StillOutput(hub, clock) }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** WebRTC listens where HTTP does, unless it is said otherwise; whoever names public addresses wants to be reached at them. */
async function withHost({ http, webrtc }: Config): Promise<Config['webrtc']> {
  const everywhere = EVERYWHERE.has(http.host) || webrtc.publicAddresses.length > 0;
  if (webrtc.host !== undefined || everywhere) return webrtc;
  // Candidates are addresses and no names.
  const host = isIP(http.host) ? http.host : (await lookup(http.host)).address;
  return { ...webrtc, host };
}
