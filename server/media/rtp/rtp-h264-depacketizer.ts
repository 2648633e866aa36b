import { FU_START, RtpNalDepacketizer } from './rtp-nal-depacketizer.ts';

const STAP_A = 24;
const FU_A = 28;
const LAST_SINGLE_NAL = 23;
const HEADER_BYTES = 1;

/**
 * RFC 6184, as cameras send it. It ignores packetization-mode, because Anjvision and others announce 0 and send fragments
 * nevertheless.
 */
export class RtpH264Depacketizer extends RtpNalDepacketizer {
  constructor(parameterSets: readonly Uint8Array[] = []) {
    super('h264', HEADER_BYTES, parameterSets);
  }

  protected override unpack(payload: Uint8Array): void {
    const type = (payload[0] as number) & 31;
    if (type === FU_A) this.#unpackFragment(payload);
    else if (type === STAP_A) this.aggregate(payload, HEADER_BYTES, 0);
    else if (type >= 1 && type <= LAST_SINGLE_NAL) this.single(payload);
    else this.counts.unsupported++;
  }

  #unpackFragment(payload: Uint8Array): void {
    const [indicator, flags] = payload;
    if (indicator === undefined || flags === undefined) return;
    const header = flags & FU_START ? Uint8Array.of((indicator & 0xe0) | (flags & 31)) : undefined;
    this.fragment(payload.subarray(HEADER_BYTES + 1), flags, header);
  }
}
