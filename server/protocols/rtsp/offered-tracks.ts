import type { AudioTrack, TrackInfo, VideoTrack } from '../../media/access-unit.ts';
import { type AacConfig, parseAacConfig, serializeAacConfig } from '../../media/audio/aac.ts';
import { parseLatmConfig } from '../../media/audio/latm.ts';
import { BitReader } from '../../media/bit-reader.ts';
import type { RtpFormat } from '../../media/rtp/rtp-format.ts';
import { splitAnnexB } from '../../media/video/annex-b.ts';
import { GatewayError } from '../../platform/errors.ts';
import { formatParameters, type RtpMap, rtpMap, type SdpMedia, type SessionDescription, sdpAttribute } from './sdp.ts';

/** A track of the camera that Oriel can pass on. */
export type OfferedTrack = {
  readonly info: TrackInfo;
  readonly format: RtpFormat;
  readonly payloadType: number;
  readonly clockRateHz: number;
  readonly control: string | undefined;
  /** The multicast group that the description names. The answer to SETUP may name another one. */
  readonly group?: { readonly address: string; readonly port: number };
};

/** Codecs that every browser plays over WebRTC come before AAC, which WebRTC cannot carry. */
const AUDIO_PREFERENCE: readonly string[] = ['opus', 'pcmu', 'pcma', 'g722', 'aac'];

/** The first video and the best audio that can be passed on. Metadata and text are never asked for. */
export function selectTracks(description: SessionDescription): OfferedTrack[] {
  const video = firstOffer(description, 'video');
  if (!video && description.media.some((medium) => medium.kind === 'video')) throw unsupported(description);
  const audio = description.media
    .filter((medium) => medium.kind === 'audio')
    .flatMap((medium) => offersOf(description, medium).map((offer) => ({ offer, rank: rankOf(medium, offer) })))
    .sort((a, b) => a.rank - b.rank)[0]?.offer;
  const tracks = [video, audio].filter((track) => track !== undefined);
  if (tracks.length === 0) throw unsupported(description);
  return tracks;
}

function firstOffer(description: SessionDescription, kind: string): OfferedTrack | undefined {
  return description.media
    .filter((medium) => medium.kind === kind)
    .flatMap((medium) => offersOf(description, medium))[0];
}

/** A medium marked sendonly may be the way to the camera's loudspeaker: anything else comes first. */
function rankOf(medium: SdpMedia, offer: OfferedTrack): number {
  const isBackchannel = sdpAttribute(medium.attributes, 'sendonly') !== undefined;
  return AUDIO_PREFERENCE.indexOf(offer.info.codec) + (isBackchannel ? AUDIO_PREFERENCE.length : 0);
}

function offersOf(description: SessionDescription, medium: SdpMedia): OfferedTrack[] {
  return medium.payloadTypes.flatMap((payloadType) => {
    const map = rtpMap(medium, payloadType);
    const parameters = formatParameters(description, medium, payloadType);
    const offer = map && (videoOffer(map, parameters) ?? audioOffer(map, parameters));
    if (!map || !offer || offer.info.kind !== medium.kind) return [];
    const address = medium.address ?? description.address;
    const group = address && medium.port > 0 ? { group: { address, port: medium.port } } : {};
    const control = sdpAttribute(medium.attributes, 'control');
    return [{ ...offer, payloadType, clockRateHz: map.clockRateHz, control, ...group }];
  });
}

type Offer = Pick<OfferedTrack, 'info' | 'format'>;
type Parameters = ReadonlyMap<string, string>;

function videoOffer({ encoding }: RtpMap, parameters: Parameters): Offer | undefined {
  if (encoding === 'H264') {
    const info: VideoTrack = {
      kind: 'video',
      codec: 'h264',
      parameterSets: sets(parameters.get('sprop-parameter-sets')),
    };
    return { info, format: { kind: 'h264' } };
  }
  if (encoding !== 'H265' && encoding !== 'HEVC') return undefined;
  const parameterSets = ['sprop-vps', 'sprop-sps', 'sprop-pps'].flatMap((name) => sets(parameters.get(name)));
  const hasOrderNumbers = Number(parameters.get('sprop-max-don-diff') ?? 0) > 0;
  return { info: { kind: 'video', codec: 'h265', parameterSets }, format: { kind: 'h265', hasOrderNumbers } };
}

/** Base64, separated by commas. Some cameras put start codes in front. Parsing them later shows whether they are valid. */
function sets(text: string | undefined): Uint8Array[] {
  return (text ?? '').split(',').flatMap((part) => splitAnnexB(Buffer.from(part.trim(), 'base64')));
}

function audioOffer(map: RtpMap, parameters: Parameters): Offer | undefined {
  const plain = (codec: AudioTrack['codec'], sampleRateHz = map.clockRateHz): Offer => ({
    info: { kind: 'audio', codec, sampleRateHz, channels: map.channels },
    format: { kind: 'plain' },
  });
  switch (map.encoding) {
    case 'PCMU':
      return plain('pcmu');
    case 'PCMA':
      return plain('pcma');
    case 'G722':
      return plain('g722', 16_000); // By an old mistake its RTP clock counts at 8000 Hz (RFC 3551 clause 4.5.2).
    case 'OPUS':
      return plain('opus');
    case 'MPEG4-GENERIC':
      return genericAacOffer(map, parameters);
    case 'MP4A-LATM':
      return latmOffer(map, parameters);
    default:
      return undefined;
  }
}

function genericAacOffer(map: RtpMap, parameters: Parameters): Offer | undefined {
  const mode = parameters.get('mode')?.toLowerCase() ?? 'aac-hbr';
  if (!mode.startsWith('aac')) return undefined;
  const config = Buffer.from(parameters.get('config') ?? '', 'hex');
  const parsed = tolerantly(() => parseAacConfig(config));
  const bits = (name: string, otherwise: number): number =>
    Number.parseInt(parameters.get(name) ?? '', 10) || otherwise;
  const isLow = mode === 'aac-lbr';
  return {
    info: aacTrack(map, parsed, parsed ? config : undefined),
    format: {
      kind: 'aac-generic',
      sizeBits: bits('sizelength', isLow ? 6 : 13),
      indexBits: bits('indexlength', isLow ? 2 : 3),
      indexDeltaBits: bits('indexdeltalength', isLow ? 2 : 3),
      samplesPerFrame: parsed?.samplesPerFrame ?? 1024,
    },
  };
}

function latmOffer(map: RtpMap, parameters: Parameters): Offer {
  const text = parameters.get('config');
  const parsed = text ? tolerantly(() => parseLatmConfig(new BitReader(Buffer.from(text, 'hex')))) : undefined;
  const configInBand = parameters.get('cpresent') !== '0';
  const format = { kind: 'aac-latm', configInBand, samplesPerFrame: parsed?.samplesPerFrame ?? 1024 } as const;
  return { info: aacTrack(map, parsed, undefined), format };
}

/** Without a usable configuration, low complexity at the rate of the rtpmap line is assumed. */
function aacTrack(map: RtpMap, parsed: AacConfig | undefined, raw: Uint8Array | undefined): AudioTrack {
  const facts = parsed ?? { objectType: 2, sampleRateHz: map.clockRateHz, channels: map.channels };
  return {
    kind: 'audio',
    codec: 'aac',
    sampleRateHz: facts.sampleRateHz,
    channels: facts.channels,
    config: raw ?? serializeAacConfig(facts),
  };
}

function tolerantly<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

function unsupported(description: SessionDescription): GatewayError {
  const names = description.media
    .flatMap((medium) => medium.payloadTypes.map((type) => rtpMap(medium, type)?.encoding))
    .filter((name) => name !== undefined);
  const offer = names.length > 0 ? `only ${[...new Set(names)].join(', ')}` : 'nothing that is described';
  return new GatewayError(
    'unsupported-codec',
    `The camera sends ${offer}. Set its video to H.264 or H.265 in its own settings.`,
  );
}
