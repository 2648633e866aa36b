import type { VideoCodec } from '../../../shared/camera.ts';
import { joinAnnexB } from '../../media/video/annex-b.ts';
import { isParameterSet } from '../../media/video/parameter-sets.ts';
import type { ClipFrame } from '../clip.ts';
import type { VideoQuirks } from '../rtsp-camera-quirks.ts';

/** The content of one RTP packet. */
export type CameraPayload = {
  readonly bytes: Uint8Array;
  readonly marker: boolean;
  /** The packet is sent with the timestamp of the previous frame (Reolink RLC-822A). */
  readonly previousStamp: boolean;
};

const H264_AUD = Uint8Array.of(0x09, 0xf0);
const H265_AUD = Uint8Array.of(0x46, 0x01, 0x50);
/** user_data_unregistered with a length of 17 and a stop bit. It is valid and useless. */
const H264_SEI = Uint8Array.of(0x06, 5, 17, ...new Array<number>(17).fill(0x4f), 0x80);
const H265_SEI = Uint8Array.of(0x4e, 0x01, 5, 17, ...new Array<number>(17).fill(0x4f), 0x80);
const STAP_A = 24;
const FU_A = 28;
const H265_FRAGMENT = 49;

/**
 * The simulated camera has its own packetiser on purpose: the gateway's depacketiser must not be tested only against the
 * gateway's own packetiser.
 */
export function packFrame(
  codec: VideoCodec,
  frame: ClipFrame,
  maxBytes: number,
  quirks: VideoQuirks = {},
): CameraPayload[] {
  const payloads: CameraPayload[] = [];
  const nals = arrange(codec, frame, quirks);
  nals.forEach((nal, index) => {
    const isLast = index === nals.length - 1;
    const previousStamp = quirks.parameterSets === 'previous-stamp' && isParameterSet(codec, nal);
    const pieces = nal.length > maxBytes ? fragment(codec, nal, maxBytes, quirks) : [whole(codec, nal, quirks)];
    pieces.forEach((bytes, piece) => {
      const endsNal = piece === pieces.length - 1;
      payloads.push({ bytes, marker: endsNal && marks(codec, nal, isLast, quirks), previousStamp });
    });
  });
  if (quirks.sei === 'own-unit')
    payloads.push({ bytes: codec === 'h264' ? H264_SEI : H265_SEI, marker: true, previousStamp: false });
  return payloads;
}

function marks(codec: VideoCodec, nal: Uint8Array, isLast: boolean, { marker }: VideoQuirks): boolean {
  if (marker === 'never') return false;
  if (marker === 'on-parameter-sets' && isParameterSet(codec, nal)) return true;
  if (marker === 'every-slice' && !isParameterSet(codec, nal)) return true;
  return isLast;
}

function arrange(codec: VideoCodec, frame: ClipFrame, quirks: VideoQuirks): readonly Uint8Array[] {
  let nals = frame.nals;
  if (quirks.parameterSets === 'out-of-band') nals = nals.filter((nal) => !isParameterSet(codec, nal));
  if (frame.keyframe && quirks.keyframe === 'start-codes') return [joinAnnexB(nals).subarray(4)];
  if (frame.keyframe && codec === 'h264' && quirks.keyframe?.startsWith('aggregated')) {
    const sets = nals.filter((nal) => isParameterSet(codec, nal));
    const padding = quirks.keyframe === 'aggregated-padded' ? 6 : 0;
    nals = [aggregate(sets, padding), ...nals.filter((nal) => !isParameterSet(codec, nal))];
  }
  if (quirks.sei === 'in-frame') nals = [codec === 'h264' ? H264_SEI : H265_SEI, ...nals];
  if (quirks.delimiters) nals = [codec === 'h264' ? H264_AUD : H265_AUD, ...nals];
  return nals;
}

/** RFC 6184 clause 5.7.1. */
function aggregate(nals: readonly Uint8Array[], padding: number): Uint8Array {
  const length = nals.reduce((sum, nal) => sum + 2 + nal.length, 1 + padding);
  const bytes = new Uint8Array(length);
  bytes[0] = ((nals[0]?.[0] ?? 0) & 0x60) | STAP_A;
  let at = 1;
  for (const nal of nals) {
    bytes[at] = nal.length >> 8;
    bytes[at + 1] = nal.length;
    bytes.set(nal, at + 2);
    at += 2 + nal.length;
  }
  return bytes;
}

function whole(codec: VideoCodec, nal: Uint8Array, quirks: VideoQuirks): Uint8Array {
  if (quirks.fragments === 'whole-nal-in-one' && codec === 'h264' && ((nal[0] ?? 0) & 31) < STAP_A)
    return fragmentOf(codec, nal, 1, nal.length, 0xc0);
  if (!quirks.trailingZeros) return nal;
  const padded = new Uint8Array(nal.length + 3);
  padded.set(nal);
  return padded;
}

function fragment(codec: VideoCodec, nal: Uint8Array, maxBytes: number, quirks: VideoQuirks): Uint8Array[] {
  const headerBytes = codec === 'h264' ? 1 : 2;
  const room = maxBytes - headerBytes - 1;
  const pieces: Uint8Array[] = [];
  for (let at = headerBytes; at < nal.length; at += room) {
    const end = Math.min(at + room, nal.length);
    const flags = (at === headerBytes ? 0x80 : 0) | (end === nal.length ? 0x40 : 0);
    const piece = fragmentOf(codec, nal, at, end, flags);
    if (quirks.fragments === 'changed-type' && pieces.length > 0) piece[headerBytes] = flags | 1;
    if (quirks.fragments === 'reserved-bit' && codec === 'h264') piece[headerBytes] = (piece[headerBytes] ?? 0) | 0x20;
    pieces.push(piece);
    if (quirks.fragments === 'empty-middle' && pieces.length === 1) pieces.push(fragmentOf(codec, nal, at, at, 0));
  }
  return pieces;
}

/** RFC 6184 clause 5.8 and RFC 7798 clause 4.4.3. */
function fragmentOf(codec: VideoCodec, nal: Uint8Array, from: number, to: number, flags: number): Uint8Array {
  const first = nal[0] ?? 0;
  const header =
    codec === 'h264'
      ? [(first & 0xe0) | FU_A, flags | (first & 31)]
      : [(first & 0x81) | (H265_FRAGMENT << 1), nal[1] ?? 0, flags | ((first >> 1) & 63)];
  const bytes = new Uint8Array(header.length + to - from);
  bytes.set(header);
  bytes.set(nal.subarray(from, to), header.length);
  return bytes;
}
