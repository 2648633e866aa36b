/** RFC 3550 clause 6.4.1. */
export type SenderReport = {
  readonly kind: 'sender-report';
  readonly ssrc: number;
  /** Microseconds since 1900 by the sender's clock, whatever that shows. */
  readonly ntpUs: number;
  /** The middle 32 bits of the NTP time, which a receiver report quotes. */
  readonly ntpMiddle: number;
  readonly rtpTimestamp: number;
  readonly packets: number;
  readonly bytes: number;
};

export type ReceptionReport = {
  readonly ssrc: number;
  /** The fraction of packets lost since the last report, in units of 1/256. */
  readonly fractionLost: number;
  readonly packetsLost: number;
  readonly highestSequence: number;
  readonly jitter: number;
  readonly lastSenderReport: number;
  /** In units of 1/65536 s. */
  readonly delaySinceLastSenderReport: number;
};

export type RtcpPacket =
  | SenderReport
  | { readonly kind: 'receiver-report'; readonly ssrc: number; readonly reports: readonly ReceptionReport[] }
  /** RFC 4585 clause 6.2.1: these packets of our source `ssrc` did not arrive. */
  | { readonly kind: 'nack'; readonly ssrc: number; readonly lost: readonly number[] }
  /** RFC 4585 clause 6.3.1: our source `ssrc` cannot be decoded until the next key frame. */
  | { readonly kind: 'picture-loss'; readonly ssrc: number }
  | { readonly kind: 'bye'; readonly ssrc: number };

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const SOURCE_DESCRIPTION = 202;
const BYE = 203;
const TRANSPORT_FEEDBACK = 205;
const PAYLOAD_FEEDBACK = 206;
const GENERIC_NACK = 1;
const PICTURE_LOSS = 1;
const CNAME = 1;
const REPORT_BYTES = 24;
const FEEDBACK_HEAD_BYTES = 12;
const HIGHEST_LOSS = 0x7fffff;

/** The parts of a compound packet that we understand. Some Hanwha send a malformed part: it and what follows are left out. */
export function parseRtcpPackets(bytes: Uint8Array): RtcpPacket[] {
  const packets: RtcpPacket[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + 8 <= bytes.length && (bytes[at] as number) >> 6 === 2) {
    const end = at + 4 + view.getUint16(at + 2) * 4;
    if (end > bytes.length) break;
    const packet = parseOne(view, at, end);
    if (packet) packets.push(packet);
    at = end;
  }
  return packets;
}

/** A receiver report with the source description that has to come with it (clause 6.1). */
export function serializeReceiverReport(ssrc: number, reports: readonly ReceptionReport[], name: string): Uint8Array {
  const head = new Uint8Array(8 + reports.length * REPORT_BYTES);
  const view = writeHead(head, reports.length, RECEIVER_REPORT, ssrc);
  for (const [index, report] of reports.entries()) writeReport(view, 8 + index * REPORT_BYTES, report);
  return Buffer.concat([head, serializeSourceDescription(ssrc, name)]);
}

/** A sender report with its source description. `ntpUs` counts from 1900. */
export function serializeSenderReport(report: Omit<SenderReport, 'kind' | 'ntpMiddle'>, name: string): Uint8Array {
  const head = new Uint8Array(28);
  const view = writeHead(head, 0, SENDER_REPORT, report.ssrc);
  view.setUint32(8, Math.floor(report.ntpUs / 1_000_000));
  view.setUint32(12, Math.floor(((report.ntpUs % 1_000_000) / 1_000_000) * 2 ** 32));
  view.setUint32(16, report.rtpTimestamp);
  view.setUint32(20, report.packets);
  view.setUint32(24, report.bytes);
  return Buffer.concat([head, serializeSourceDescription(report.ssrc, name)]);
}

export function serializeBye(ssrc: number): Uint8Array {
  const bytes = new Uint8Array(8);
  writeHead(bytes, 1, BYE, ssrc);
  return bytes;
}

function serializeSourceDescription(ssrc: number, name: string): Uint8Array {
  const text = Buffer.from(name);
  const bytes = new Uint8Array(Math.ceil((8 + 2 + text.length + 1) / 4) * 4);
  writeHead(bytes, 1, SOURCE_DESCRIPTION, ssrc);
  bytes.set([CNAME, text.length, ...text], 8);
  return bytes;
}

function writeHead(bytes: Uint8Array, count: number, type: number, ssrc: number): DataView {
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x80 | count);
  view.setUint8(1, type);
  view.setUint16(2, bytes.length / 4 - 1);
  view.setUint32(4, ssrc);
  return view;
}

function parseOne(view: DataView, at: number, end: number): RtcpPacket | undefined {
  const type = view.getUint8(at + 1);
  const ssrc = view.getUint32(at + 4);
  if (type === BYE) return { kind: 'bye', ssrc };
  if (type === SENDER_REPORT && end - at >= 28) {
    const seconds = view.getUint32(at + 8);
    const fraction = view.getUint32(at + 12);
    return {
      kind: 'sender-report',
      ssrc,
      ntpUs: seconds * 1_000_000 + Math.round((fraction / 2 ** 32) * 1_000_000),
      ntpMiddle: ((seconds & 0xffff) * 65_536 + (fraction >>> 16)) >>> 0,
      rtpTimestamp: view.getUint32(at + 16),
      packets: view.getUint32(at + 20),
      bytes: view.getUint32(at + 24),
    };
  }
  if (type === TRANSPORT_FEEDBACK || type === PAYLOAD_FEEDBACK) return readFeedback(view, at, end);
  if (type !== RECEIVER_REPORT) return undefined;
  const reports: ReceptionReport[] = [];
  const count = view.getUint8(at) & 31;
  for (let from = at + 8; reports.length < count && from + REPORT_BYTES <= end; from += REPORT_BYTES)
    reports.push(readReport(view, from));
  return { kind: 'receiver-report', ssrc, reports };
}

function readFeedback(view: DataView, at: number, end: number): RtcpPacket | undefined {
  if (end - at < FEEDBACK_HEAD_BYTES) return undefined;
  const format = view.getUint8(at) & 31;
  const ssrc = view.getUint32(at + 8);
  if (view.getUint8(at + 1) === PAYLOAD_FEEDBACK)
    return format === PICTURE_LOSS ? { kind: 'picture-loss', ssrc } : undefined;
  if (format !== GENERIC_NACK) return undefined;
  const lost: number[] = [];
  for (let from = at + FEEDBACK_HEAD_BYTES; from + 4 <= end; from += 4) {
    const first = view.getUint16(from);
    lost.push(first);
    for (let after = 1, mask = view.getUint16(from + 2); mask !== 0; after++, mask >>= 1)
      if (mask & 1) lost.push((first + after) & 0xffff);
  }
  return { kind: 'nack', ssrc, lost };
}

function writeReport(view: DataView, at: number, report: ReceptionReport): void {
  const lost = Math.max(0, Math.min(report.packetsLost, HIGHEST_LOSS));
  view.setUint32(at, report.ssrc);
  view.setUint32(at + 4, (report.fractionLost * 2 ** 24 + lost) >>> 0);
  view.setUint32(at + 8, report.highestSequence >>> 0);
  view.setUint32(at + 12, report.jitter);
  view.setUint32(at + 16, report.lastSenderReport);
  view.setUint32(at + 20, report.delaySinceLastSenderReport);
}

function readReport(view: DataView, at: number): ReceptionReport {
  return {
    ssrc: view.getUint32(at),
    fractionLost: view.getUint8(at + 4),
    packetsLost: view.getUint32(at + 4) & 0xffffff,
    highestSequence: view.getUint32(at + 8),
    jitter: view.getUint32(at + 12),
    lastSenderReport: view.getUint32(at + 16),
    delaySinceLastSenderReport: view.getUint32(at + 20),
  };
}
