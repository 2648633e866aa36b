import type * as english from '../en/viewers.ts';

export const viewersTexts: typeof english.viewersTexts = {
  nobody: 'Niemand sieht zu.',
  kinds: { webrtc: 'WebRTC', mp4: 'fMP4', hls: 'LL-HLS', rtsp: 'RTSP', record: 'Aufnahme', still: 'Standbild' },
  qualities: { main: 'voll', sub: 'klein' },
  loss: (percent) => `${percent} % verloren`,
  roundTrip: (ms) => `${ms} ms hin und zurück`,
};
