import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import type { CameraId } from '../../shared/ids.ts';
import type { Principal } from '../auth/principal.ts';
import type { RequestAccess } from '../http/access/request-access.ts';
import { errorHandler } from '../http/error-handler.ts';
import { refuseForeignWebSocket, routeUpgrades } from '../http/live/web-socket.ts';
import { createHlsRouter } from '../http/media/hls.ts';
import { createLiveMp4Router } from '../http/media/live-mp4.ts';
import { Hub } from '../hub/hub.ts';
import type { SourceAdapter, SourceSink } from '../hub/source.ts';
import { testRight } from '../hub/testing/test-right.ts';
import type { AudioTrack } from '../media/access-unit.ts';
import { createFmp4Output } from '../outputs/fmp4/fmp4-output.ts';
import { createHlsOutput } from '../outputs/hls/hls-output.ts';
import { systemClock } from '../platform/clock.ts';
import { GatewayError } from '../platform/errors.ts';
import { assetPath } from '../platform/paths.ts';
import { createClipSource } from '../sources/clip/clip-source.ts';
import { DEFAULT_RETRY, supervise } from '../sources/supervisor.ts';

const MU_LAW: AudioTrack = { kind: 'audio', codec: 'pcmu', sampleRateHz: 8000, channels: 1 };

/** The principal for each `?token=` of a test. */
const PRINCIPALS: Readonly<Record<string, Principal>> = {
  listener: principal('listener', true),
  deaf: principal('deaf', false),
  pair: { ...principal('pair', true), maxViewers: 2 },
};

function principal(who: string, mayListen: boolean): Principal {
  const right = testRight('link', who);
  return { kind: 'share', who, role: 'viewer', right, cameras: 'all', mayListen, qualityCeiling: 'main' };
}

export type ClipGateway = Awaited<ReturnType<typeof startClipGateway>>;

/** Used instead of a clip's name for a camera at whose address nothing listens. */
export const REFUSED = 'refused';
const refusing: SourceAdapter = {
  run: async (sink) => {
    sink.step('connecting');
    throw new GatewayError('refused', 'Nothing listens on this port.');
  },
};

/** Cameras that are clips (with mu-law sound), a real hub, real routes on a free port. */
export async function startClipGateway(clips: Readonly<Record<string, string>>) {
  const log = pino({ level: 'silent' });
  const clock = systemClock;
  const sinks = new Map<string, SourceSink>();
  const catalog = {
    has: (camera: CameraId) => camera in clips,
    hasSubstream: () => false,
    createRunner: (camera: CameraId) => {
      const file = clips[camera] as string;
      if (file === REFUSED) return supervise(refusing, DEFAULT_RETRY, clock, log);
      const url = `clip://${assetPath(file)}`;
      const clip = createClipSource({ url, transport: 'auto', connectTimeoutMs: 1000 }, { clock });
      return supervise(
        withSound(clip, (sink) => sinks.set(camera, sink)),
        DEFAULT_RETRY,
        clock,
        log,
      );
    },
  };
  const hub = new Hub(catalog, clock, { maxViewers: 500, lingerMs: 0 });
  const fmp4 = createFmp4Output({ hub, clock, log });
  const hls = createHlsOutput({ hub, clock, log, fmp4 });
  const app = express();
  const revoked = new Set<string>();
  const access: RequestAccess = (request) => {
    const token = String(request.query.token);
    const found = PRINCIPALS[token];
    if (!found || revoked.has(token)) throw new GatewayError('not-signed-in', 'This link does not open anything.');
    return found;
  };
  app.use(refuseForeignWebSocket);
  app.use(createLiveMp4Router({ output: fmp4, access }), createHlsRouter({ output: hls, access }));
  app.use(errorHandler(log));
  const server = createServer(app);
  const endWebSockets = routeUpgrades(server, app, () => false);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    hub,
    fmp4,
    hls,
    revoked,
    /** The sink that the camera writes to, once it is connected. */
    sink: (camera: string) => sinks.get(camera),
    async close() {
      await hub.stop();
      endWebSockets();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The tone beside the picture, 20 ms with each call of the clock. */
function withSound(clip: SourceAdapter, onSink: (sink: SourceSink) => void): SourceAdapter {
  const tone = readFileSync(assetPath('tone.ulaw'));
  return {
    async run(sink, signal) {
      onSink(sink);
      const startUs = systemClock.nowUs();
      let sent = 0;
      const timer = setInterval(() => {
        for (const nowUs = systemClock.nowUs(); sent * 20_000 < nowUs - startUs; sent++) {
          const at = (sent * 160) % tone.length;
          const payload = [tone.subarray(at, at + 160)];
          sink.publish({ track: 1, ptsUs: sent * 20_000, receivedUs: nowUs, keyframe: true, payload });
        }
      }, 20);
      const both: SourceSink = {
        tracks: (tracks) => sink.tracks([...tracks, MU_LAW]),
        publish: (unit) => sink.publish(unit),
        step: (step) => sink.step(step),
      };
      try {
        await clip.run(both, signal);
      } finally {
        clearInterval(timer);
      }
    },
  };
}
