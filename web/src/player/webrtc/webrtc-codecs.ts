/** What of this browser's codecs a camera may send over WebRTC, with the means to repair it; empty when there is none or it does not tell. */
export function receivableVideo(): RTCRtpCodec[] {
  const codecs = globalThis.RTCRtpReceiver?.getCapabilities?.('video')?.codecs ?? [];
  const cameras = codecs.filter(
    ({ mimeType, sdpFmtpLine }) =>
      mimeType === 'video/H265' || (mimeType === 'video/H264' && sdpFmtpLine?.includes('packetization-mode=1')),
  );
  return cameras.length === 0 ? [] : [...cameras, ...codecs.filter(({ mimeType }) => mimeType === 'video/rtx')];
}
