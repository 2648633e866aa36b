import type { Transport, TransportRequest } from '../transport.ts';
import { receivableVideo } from './webrtc-codecs.ts';
import { newestStampOf, readReports } from './webrtc-statistics.ts';

/**
 * A tile's picture over the connection that the whole page shares. Undefined where the tile needs one of its own: without a
 * page's connection, when that is full, and with sound, because browsers delay pictures for the sound on their connection.
 */
export function openOnPage(request: TransportRequest): Transport | undefined {
  const { page, camera, quality, visit, video, sound, connected, lost } = request;
  if (!page || sound || receivableVideo().length === 0) return undefined;
  const line = page.open({
    ...{ camera, quality, visit, connected, lost },
    track: (track) => {
      video.srcObject = new MediaStream([track]);
      video.play().catch(() => undefined);
    },
  });
  if (!line) return undefined;
  return {
    statistics: async () => {
      const reports = await line.transceiver?.receiver.getStats().catch(() => undefined);
      return { milestones: line.milestones, ...(reports ? readReports(reports) : { bytesReceived: 0 }) };
    },
    newestStamp: () => newestStampOf(line.transceiver?.receiver),
    close: () => line.close(),
  };
}
