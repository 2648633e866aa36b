/**
 * The codecs of this browser that a camera may send over WebRTC, with those that repair losses. Empty when there are
 * none, or the browser does not tell.
 */
export function receivableVideo(): RTCRtpCodec[] {
  const codecs = globalThis.RTCRtpReceiver?.getCapabilities?.('video')?.codecs ?? [];
  const cameras = codecs.filter(
    ({ mimeType, sdpFmtpLine }) =>
      mimeType === 'video/H265' || (mimeType === 'video/H264' && sdpFmtpLine?.includes('packetization-mode=1')),
  );
  return cameras.length === 0 ? [] : [...cameras, ...codecs.filter(({ mimeType }) => mimeType === 'video/rtx')];
}
