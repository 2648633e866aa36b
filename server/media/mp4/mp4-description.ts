import type { VideoCodec } from '../../../shared/camera.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { TrackInfo } from '../access-unit.ts';
import { parseAacConfig } from '../audio/aac.ts';
import { OPUS_RATE_HZ } from '../audio/opus.ts';
import { H264_NAL, h264NalType } from '../video/h264.ts';
import { H265_NAL, h265NalType } from '../video/h265.ts';
import { isParameterSet } from '../video/parameter-sets.ts';
import { bytesOf, childBox, subview } from './mp4-box-reader.ts';

/** One entry of `stsd`: what a track's samples are and how to take one apart. */
export type Mp4Description = {
  readonly track: TrackInfo;
  unpack(sample: Uint8Array, keyframe: boolean): readonly Uint8Array[];
};

const VISUAL_ENTRY_BYTES = 78;
const AUDIO_ENTRY_BYTES = 28;
const DECODER_SPECIFIC_INFO = 5;

/** Undefined for codecs that no output can pass on. */
export function readDescription(type: string, entry: DataView): Mp4Description | undefined {
  switch (type) {
    case 'avc1':
    case 'avc3':
      return videoDescription('h264', configuration(entry, VISUAL_ENTRY_BYTES, 'avcC'), readAvcC);
    case 'hvc1':
    case 'hev1':
      return videoDescription('h265', configuration(entry, VISUAL_ENTRY_BYTES, 'hvcC'), readHvcC);
    case 'mp4a':
      return aacDescription(configuration(entry, AUDIO_ENTRY_BYTES, 'esds'));
    case 'Opus': {
      const channels = entry.getUint16(16);
      const track: TrackInfo = { kind: 'audio', codec: 'opus', sampleRateHz: OPUS_RATE_HZ, channels };
      return { track, unpack: (sample) => [sample] };
    }
    default:
      return undefined;
  }
}

function configuration(entry: DataView, entryBytes: number, type: string): DataView {
  const found = childBox(subview(entry, entryBytes, entry.byteLength), type);
  if (!found) throw new GatewayError('bad-data', `This MP4 has a track without its ${type}.`);
  return found;
}

type NalConfiguration = { readonly lengthBytes: number; readonly parameterSets: readonly Uint8Array[] };

function videoDescription(
  codec: VideoCodec,
  box: DataView,
  readConfiguration: (box: DataView) => NalConfiguration,
): Mp4Description {
  const { lengthBytes, parameterSets } = readConfiguration(box);
  return {
    track: { kind: 'video', codec, parameterSets },
    unpack(sample, keyframe) {
      const nals = splitByLength(sample, lengthBytes).filter((nal) => !isLeftOut(codec, nal));
      if (!keyframe) return nals;
      const inBand = nals.some((nal) => isParameterSet(codec, nal));
      return inBand ? nals : [...parameterSets, ...nals];
    },
  };
}

/** Access units in the hub carry no delimiters and no SEI. */
function isLeftOut(codec: VideoCodec, nal: Uint8Array): boolean {
  if (codec === 'h265') return h265NalType(nal) >= H265_NAL.accessUnitDelimiter;
  const type = h264NalType(nal);
  return type === H264_NAL.accessUnitDelimiter || type === H264_NAL.sei;
}

function splitByLength(sample: Uint8Array, lengthBytes: number): Uint8Array[] {
  const nals: Uint8Array[] = [];
  let at = 0;
  while (at + lengthBytes <= sample.length) {
    let length = 0;
    for (let index = 0; index < lengthBytes; index++) length = length * 256 + (sample[at + index] as number);
    at += lengthBytes;
    if (length > 0) nals.push(sample.subarray(at, at + length));
    at += length;
  }
  return nals;
}

function readAvcC(box: DataView): NalConfiguration {
  const lengthBytes = (box.getUint8(4) & 3) + 1;
  const sets: Uint8Array[] = [];
  let at = readSets(box, 6, box.getUint8(5) & 31, sets);
  at = readSets(box, at + 1, box.getUint8(at), sets);
  return { lengthBytes, parameterSets: sets };
}

function readHvcC(box: DataView): NalConfiguration {
  const lengthBytes = (box.getUint8(21) & 3) + 1;
  const sets: Uint8Array[] = [];
  let at = 23;
  for (let array = box.getUint8(22); array > 0; array--) at = readSets(box, at + 3, box.getUint16(at + 1), sets);
  return { lengthBytes, parameterSets: sets.filter((nal) => isParameterSet('h265', nal)) };
}

function readSets(box: DataView, start: number, count: number, sets: Uint8Array[]): number {
  let at = start;
  for (let index = 0; index < count; index++) {
    const end = at + 2 + box.getUint16(at);
    sets.push(bytesOf(subview(box, at + 2, end)));
    at = end;
  }
  return at;
}

function aacDescription(esds: DataView): Mp4Description {
  const config = findDecoderSpecificInfo(subview(esds, 4, esds.byteLength));
  const { sampleRateHz, channels } = parseAacConfig(config);
  return { track: { kind: 'audio', codec: 'aac', sampleRateHz, channels, config }, unpack: (sample) => [sample] };
}

/** ISO 14496-1 clause 7.2: nested descriptors, each with a length of up to four bytes. */
function findDecoderSpecificInfo(view: DataView): Uint8Array {
  let at = 0;
  while (at + 2 <= view.byteLength) {
    const tag = view.getUint8(at++);
    let length = 0;
    for (let byte = 0x80; byte & 0x80; length = length * 128 + (byte & 127)) byte = view.getUint8(at++);
    if (tag === DECODER_SPECIFIC_INFO) return bytesOf(subview(view, at, at + length));
    // Enters ES_Descriptor (3 bytes of its own) and DecoderConfigDescriptor (13), and skips every other descriptor.
    at += tag === 3 ? 3 : tag === 4 ? 13 : length;
  }
  throw new GatewayError('bad-data', 'This MP4 has AAC without its configuration.');
}
