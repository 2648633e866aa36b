import type { ViewerId } from '../../../shared/ids.ts';
import type { WebrtcOutput } from '../../outputs/webrtc/webrtc-output.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { Signalling } from './signalling.ts';

const STATISTICS_EVERY_MS = 1000;

/** The WebRTC output as the socket sees it: the same viewers as WHEP's, with news for their page. */
export function createWebrtcSignalling(webrtc: WebrtcOutput): Signalling {
  return {
    // Why it fails is told to whoever opens a camera.
    prepare: () => void webrtc.prepare().catch(() => undefined),
    iceServers: (principal) => webrtc.iceServersFor(principal.who),
    async open(request, events) {
      const viewer = await webrtc.open(request);
      const timer = setInterval(() => events.statistics?.(viewer.statistics), STATISTICS_EVERY_MS);
      void viewer.closed.then((reason) => {
        clearInterval(timer);
        events.ended?.(reason);
      });
      return { viewer: viewer.id, answer: viewer.answer, quality: viewer.quality };
    },
    async negotiate({ tiles, ...request }, { ended }) {
      const wanted = tiles.map(({ mid, ...tile }) => ({ mid, tile }));
      const answered = await webrtc.pages.negotiate({ ...request, tiles: wanted, ended });
      return {
        ...answered,
        tiles: answered.tiles.map((tile) =>
          'line' in tile ? { mid: tile.mid, viewer: tile.line.id, quality: tile.line.quality } : tile,
        ),
      };
    },
    confirm: (connection, principal) => webrtc.pages.confirm(connection, principal),
    addPageCandidate(connection, principal, { candidate }) {
      if (candidate) webrtc.pages.addCandidate(connection, principal, candidate);
    },
    async addCandidate(id: ViewerId, { candidate }) {
      const viewer = webrtc.viewer(id);
      if (!viewer) throw new GatewayError('not-found', 'This viewer has left.');
      if (candidate) viewer.addCandidate(candidate);
    },
    close: (id) => (webrtc.viewer(id) ?? webrtc.pages.line(id))?.close(),
  };
}
