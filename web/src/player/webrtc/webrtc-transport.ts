import type { OpenTransport } from '../transport.ts';
import { newestStampOf, readReports } from './webrtc-statistics.ts';

/** A camera's picture, and its sound where that is wanted, over one of the page's connections. */
export const openWebrtc: OpenTransport = (request) => {
  const { page, camera, quality, visit, video, sound, connected, lost } = request;
  const line = page.open({
    camera,
    quality,
    visit,
    sound,
    connected,
    lost,
    tracks: (tracks) => {
      // Chromium begins to play when the first picture is there, so a stream without pictures must have no track for them.
      const played = request.isSoundOnly() ? tracks.filter(({ kind }) => kind === 'audio') : tracks;
      video.srcObject = new MediaStream([...played]);
      video.play().catch(() => undefined);
    },
  });
  return {
    statistics: async () => {
      const reports = await line.reports();
      return { milestones: line.milestones, ...(reports ? readReports(reports) : { bytesReceived: 0 }) };
    },
    newestStamp: () => newestStampOf(line.transceivers[0]?.receiver),
    close: () => line.close(),
  };
};
