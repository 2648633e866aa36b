import { FU_START, RtpNalDepacketizer } from './rtp-nal-depacketizer.ts';

const AGGREGATION = 48;
const FRAGMENT = 49;
const HEADER_BYTES = 2;
const ORDER_NUMBER_BYTES = 2;
const ORDER_DIFFERENCE_BYTES = 1;

/** RFC 7798. */
export class RtpH265Depacketizer extends RtpNalDepacketizer {
  readonly #hasOrderNumbers: boolean;
  readonly #orderBytes: number;

  /** `hasOrderNumbers`: sprop-max-don-diff is above 0, so that DONL and DOND fields are there (clause 4.4). */
  constructor(parameterSets: readonly Uint8Array[] = [], hasOrderNumbers = false) {
    super('h265', HEADER_BYTES + 1, parameterSets);
    this.#hasOrderNumbers = hasOrderNumbers;
    this.#orderBytes = hasOrderNumbers ? ORDER_NUMBER_BYTES : 0;
  }

  protected override unpack(payload: Uint8Array): void {
    const type = ((payload[0] as number) >> 1) & 63;
    const first = HEADER_BYTES + this.#orderBytes;
    if (type === FRAGMENT) this.#unpackFragment(payload);
    else if (type === AGGREGATION) this.aggregate(payload, first, this.#hasOrderNumbers ? ORDER_DIFFERENCE_BYTES : 0);
    else if (type > FRAGMENT) this.counts.unsupported++;
    else if (!this.#hasOrderNumbers) this.single(payload);
    else this.single(Buffer.concat([payload.subarray(0, HEADER_BYTES), payload.subarray(first)]));
  }

  #unpackFragment(payload: Uint8Array): void {
    const [first, second, flags] = payload as Uint8Array & [number, number, number];
    const isFirst = (flags & FU_START) !== 0;
    const header = isFirst ? Uint8Array.of((first & 0x81) | ((flags & 63) << 1), second) : undefined;
    this.fragment(payload.subarray(HEADER_BYTES + 1 + (isFirst ? this.#orderBytes : 0)), flags, header);
  }
}
