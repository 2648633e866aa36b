/** The page that shows who is watching. */
export const viewersTexts = {
  nobody: 'Nobody is watching.',
  kinds: { webrtc: 'WebRTC', mp4: 'fMP4', hls: 'LL-HLS', rtsp: 'RTSP', record: 'Recording', still: 'Still' },
  qualities: { main: 'full', sub: 'small' },
  loss: (percent: string) => `${percent} % lost`,
  roundTrip: (ms: number) => `${ms} ms round trip`,
};
