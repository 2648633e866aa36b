import type { Quality, TrackSummary, VideoCodec } from '../../../../shared/camera.ts';
import { mediaSourceClass } from '../mse/media-source-class.ts';
import { type Path, TRANSPORTS, type TransportName, type Unsupported } from './player-state.ts';

export type VideoTrack = TrackSummary & { readonly kind: 'video' };
export type AudioTrack = TrackSummary & { readonly kind: 'audio' };
export type UnsupportedPath = Path & { readonly reason: Unsupported };

/** What this browser can do, asked once per question. */
export type BrowserCodecs = {
  readonly hasMediaSource: boolean;
  readonly hasNativeHls: boolean;
  /** Undefined without WebRTC. */
  readonly webrtc: ReadonlySet<VideoCodec> | undefined;
  /** MediaSource and HLS can play AAC. */
  readonly hearsAac: boolean;
  /** Whether MediaSource and HLS can show it at this size. */
  decodes(track: VideoTrack): Promise<boolean>;
};

/**
 * Lists the streams of a camera that this browser cannot show, with the reason. `video` is undefined while nothing is
 * known of it.
 */
export async function unsupportedPaths(
  video: VideoTrack | undefined,
  qualities: readonly Quality[],
  browser: BrowserCodecs,
  isSoundOnly = false,
): Promise<UnsupportedPath[]> {
  const decodes = video === undefined || (await browser.decodes(video));
  return TRANSPORTS.flatMap((transport) => {
    const whyNoFile = isSoundOnly ? 'sound-only' : whyNoBuffer(transport, decodes, browser);
    const reason = transport === 'webrtc' ? whyNoWebrtc(video, browser) : whyNoFile;
    return reason ? qualities.map((quality) => ({ transport, quality, reason })) : [];
  });
}

/** The ways that do not bring a camera's sound. All but AAC is brought by each. */
export function silentTransports(audio: AudioTrack | undefined, browser: BrowserCodecs): TransportName[] {
  if (audio?.codec !== 'aac') return [];
  return TRANSPORTS.filter((transport) => (transport === 'webrtc' ? audio.overWebrtc === false : !browser.hearsAac));
}

function whyNoWebrtc(video: VideoTrack | undefined, { webrtc }: BrowserCodecs): Unsupported | undefined {
  if (!webrtc) return 'no-webrtc';
  if (video && !webrtc.has(video.codec)) return 'codec';
  return video?.hasBFrames ? 'b-frames' : undefined;
}

function whyNoBuffer(transport: TransportName, decodes: boolean, browser: BrowserCodecs): Unsupported | undefined {
  if (!browser.hasMediaSource && !(transport === 'hls' && browser.hasNativeHls)) return 'no-media-source';
  return decodes ? undefined : 'codec';
}

export function thisBrowser(): BrowserCodecs {
  const probe = document.createElement('video');
  return {
    hasMediaSource: mediaSourceClass() !== undefined,
    hasNativeHls: probe.canPlayType('application/vnd.apple.mpegurl') !== '',
    webrtc: webrtcCodecs(),
    hearsAac: hearsAac(probe),
    decodes,
  };
}

function hearsAac(probe: HTMLVideoElement): boolean {
  const contentType = 'audio/mp4; codecs="mp4a.40.2"';
  return mediaSourceClass()?.isTypeSupported(contentType) ?? probe.canPlayType(contentType) !== '';
}

function webrtcCodecs(): ReadonlySet<VideoCodec> | undefined {
  if (typeof RTCPeerConnection === 'undefined') return undefined;
  const codecs = globalThis.RTCRtpReceiver?.getCapabilities?.('video')?.codecs;
  // A browser that does not list its codecs is asked for an offer, which names them.
  if (!codecs) return new Set(['h264']);
  const offered = codecs.map((codec) => codec.mimeType.toLowerCase());
  return new Set((['h264', 'h265'] as const).filter((codec) => offered.includes(`video/${codec}`)));
}

async function decodes({ codecString, width, height }: VideoTrack): Promise<boolean> {
  if (codecString === undefined) return true;
  const contentType = `video/mp4; codecs="${codecString}"`;
  const SourceClass = mediaSourceClass();
  if (!SourceClass) return document.createElement('video').canPlayType(contentType) !== '';
  if (!SourceClass.isTypeSupported(contentType)) return false;
  if (width === undefined || height === undefined || !navigator.mediaCapabilities) return true;
  const video = { contentType, width, height, bitrate: 8_000_000, framerate: 30 };
  return navigator.mediaCapabilities
    .decodingInfo({ type: 'media-source', video })
    .then(({ supported }) => supported)
    .catch(() => true);
}
