import { GatewayError } from '../../platform/errors.ts';
import type { AudioTrack } from '../access-unit.ts';
import { aacCodecString, parseAacConfig } from '../audio/aac.ts';
import { serializeFlacStreamInfo } from '../audio/flac.ts';
import { OPUS_RATE_HZ } from '../audio/opus.ts';
import { H264_NAL, h264NalType } from '../video/h264.ts';
import { H265_NAL, h265NalType } from '../video/h265.ts';
import type { VideoFormat } from '../video/video-format.ts';
import { ascii, box, fullBox, uint8, uint16, uint32, zeros } from './fmp4-boxes.ts';

/** How one track is described in `stsd`. */
export type SampleEntry = {
  readonly bytes: Uint8Array;
  /** For a MIME type's codecs parameter (RFC 6381), as browsers want it. */
  readonly codecString: string;
  /** For a playlist's CODECS, which names the sample entry. */
  readonly hlsCodecString: string;
  readonly timescale: number;
};

export const VIDEO_TIMESCALE = 90_000;
export const G722_RATE_HZ = 16_000;
/** Chromium converts to its device's rate in blocks of 512 samples: 64 ms of delay at 8 kHz, 21 ms at 24. */
export const G711_UPSAMPLING = 3;

export function videoTicks(us: number): number {
  return Math.round((us / 1_000_000) * VIDEO_TIMESCALE);
}

export function videoSampleEntry(format: VideoFormat): SampleEntry {
  const { width, height, codecString } = format.sps;
  const configuration = format.codec === 'h264' ? avcC(format) : hvcC(format);
  const bytes = box(
    format.codec === 'h264' ? 'avc1' : 'hvc1',
    zeros(6),
    uint16(1), // data_reference_index
    zeros(16),
    uint16(width, height),
    uint32(0x48_0000, 0x48_0000, 0), // 72 dpi
    uint16(1),
    zeros(32),
    uint16(0x18, 0xffff),
    configuration,
  );
  return { bytes, codecString, hlsCodecString: codecString, timescale: VIDEO_TIMESCALE };
}

export function audioSampleEntry(track: AudioTrack): SampleEntry {
  if (track.codec === 'aac') return aacEntry(track);
  if (track.codec === 'opus') {
    const bytes = audioEntry('Opus', track.channels, OPUS_RATE_HZ, dOps(track.channels));
    return { bytes, codecString: 'opus', hlsCodecString: 'Opus', timescale: OPUS_RATE_HZ };
  }
  const rateHz = track.codec === 'g722' ? G722_RATE_HZ : track.sampleRateHz * G711_UPSAMPLING;
  const bytes = audioEntry('fLaC', 1, rateHz, dfLa(rateHz));
  return { bytes, codecString: 'flac', hlsCodecString: 'fLaC', timescale: rateHz };
}

/** Whether a player can be given this sound: AAC whose configuration makes sense, Opus, and G.711 or G.722 of one channel. */
export function canPackageSound(track: AudioTrack): boolean {
  if (track.codec === 'opus') return true;
  if (track.codec !== 'aac') return track.channels === 1;
  try {
    return aacEntry(track).timescale > 0;
  } catch (error) {
    if (error instanceof GatewayError) return false;
    throw error;
  }
}

function aacEntry(track: AudioTrack): SampleEntry {
  if (!track.config) throw new GatewayError('bad-data', 'The camera sends AAC without saying how it is coded.');
  const config = parseAacConfig(track.config);
  const bytes = audioEntry('mp4a', config.channels, config.sampleRateHz, esds(track.config));
  const codecString = aacCodecString(config);
  return { bytes, codecString, hlsCodecString: codecString, timescale: config.sampleRateHz };
}

function audioEntry(type: string, channels: number, rateHz: number, configuration: Uint8Array): Uint8Array {
  // The rate is a 16.16 number; what does not fit stands in the configuration only.
  const rate = rateHz < 2 ** 16 ? rateHz * 2 ** 16 : 0;
  return box(type, zeros(6), uint16(1), zeros(8), uint16(channels, 16), zeros(4), uint32(rate), configuration);
}

/** ISO 14496-15 clause 5.3.3.1. */
function avcC({ sps, parameterSets }: Extract<VideoFormat, { codec: 'h264' }>): Uint8Array {
  const sequence = parameterSets.filter((nal) => h264NalType(nal) === H264_NAL.sps);
  const picture = parameterSets.filter((nal) => h264NalType(nal) === H264_NAL.pps);
  const isHigh = ![66, 77, 88].includes(sps.profileIdc);
  const colour = uint8(0xfc | sps.chromaFormatIdc, 0xf8 | (sps.bitDepthLuma - 8), 0xf8 | (sps.bitDepthChroma - 8), 0);
  return box(
    'avcC',
    uint8(1, sps.profileIdc, sps.constraintFlags, sps.levelIdc, 0xff, 0xe0 | sequence.length),
    ...sequence.flatMap(withLength),
    uint8(picture.length),
    ...picture.flatMap(withLength),
    isHigh ? colour : zeros(0),
  );
}

/** ISO 14496-15 clause 8.3.3.1. */
function hvcC({ sps, parameterSets }: Extract<VideoFormat, { codec: 'h265' }>): Uint8Array {
  const { profile } = sps;
  const space = (profile.profileSpace << 6) | (profile.highTier ? 0x20 : 0) | profile.profileIdc;
  const arrays = [H265_NAL.vps, H265_NAL.sps, H265_NAL.pps].flatMap((type) => {
    const nals = parameterSets.filter((nal) => h265NalType(nal) === type);
    return [uint8(0x80 | type), uint16(nals.length), ...nals.flatMap(withLength)];
  });
  return box(
    'hvcC',
    uint8(1, space),
    uint32(profile.compatibilityFlags),
    profile.constraintBytes,
    uint8(profile.levelIdc),
    uint16(0xf000), // min_spatial_segmentation_idc
    uint8(0xfc, 0xfc | sps.chromaFormatIdc, 0xf8 | (sps.bitDepthLuma - 8), 0xf8 | (sps.bitDepthChroma - 8)),
    uint16(0), // avgFrameRate
    uint8((sps.temporalLayers << 3) | (sps.temporalIdNested ? 4 : 0) | 3, 3),
    ...arrays,
  );
}

function withLength(nal: Uint8Array): Uint8Array[] {
  return [uint16(nal.length), nal];
}

/** ISO 14496-1 clause 7.2.6: descriptors within descriptors, each with its length in one byte. */
function esds(config: Uint8Array): Uint8Array {
  const specific = [uint8(5, config.length), config];
  const decoder = [uint8(4, 13 + 2 + config.length, 0x40, 0x15), zeros(11), ...specific];
  const synchronisation = uint8(6, 1, 2);
  const elementary = uint8(3, 3 + 2 + 13 + 2 + config.length + 3, 0, 0, 0);
  return fullBox('esds', 0, 0, elementary, ...decoder, synchronisation);
}

/** The Opus in ISOBMFF encapsulation, clause 4.3.2: no pre-skip, because a live stream has no beginning. */
function dOps(channels: number): Uint8Array {
  return box('dOps', uint8(0, channels), uint16(0), uint32(OPUS_RATE_HZ), uint16(0), uint8(0));
}

/** FLAC in ISOBMFF, clause 3.3.2: STREAMINFO is the last and only metadata block. */
function dfLa(rateHz: number): Uint8Array {
  return fullBox('dfLa', 0, 0, uint8(0x80, 0, 0, 34), serializeFlacStreamInfo(rateHz));
}

/** The brands and the type of what follows. */
export function fileType(): Uint8Array {
  return box('ftyp', ascii('iso6'), uint32(1), ascii('iso6mp41cmfchlsf'));
}
