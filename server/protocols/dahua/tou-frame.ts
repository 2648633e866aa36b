import { GatewayError } from '../../platform/errors.ts';

/** Frames inside the PTCP stream. `realm` is one TCP connection inside the device. */
export type TouFrame =
  | { readonly type: 'data'; readonly realm: number; readonly bytes: Uint8Array }
  | { readonly type: 'bind'; readonly realm: number; readonly port: number }
  | { readonly type: 'connected'; readonly realm: number }
  | { readonly type: 'disconnected'; readonly realm: number }
  | { readonly type: 'heartbeat' }
  | { readonly type: 'ask-sign' }
  | { readonly type: 'sign'; readonly sign: Uint8Array }
  | { readonly type: 'present-sign'; readonly sign: Uint8Array }
  | { readonly type: 'accept'; readonly value: Uint8Array }
  | { readonly type: 'confirm' }
  /** A segment whose start is unknown, such as 0x0A on relays, or 0x00 when a sign is refused. */
  | { readonly type: 'unknown'; readonly code: number };

const TOU_HEADER_BYTES = 12;
/** The length field would allow more, but more does not fit into one datagram. */
export const MAX_DATA_BYTES = 1280;
const MAX_SIGN_BYTES = 256;

const CODE = {
  data: 0x10,
  bind: 0x11,
  status: 0x12,
  heartbeat: 0x13,
  service: 0x14,
  askSign: 0x17,
  sign: 0x18,
  presentSign: 0x19,
  accept: 0x1a,
  confirm: 0x1b,
} as const;

/** The total size depends on the type: only data frames use the length field. */
const SIZE: ReadonlyMap<number, number> = new Map([
  [CODE.data, 12],
  [CODE.bind, 20],
  [CODE.status, 16],
  [CODE.heartbeat, 12],
  [CODE.service, 12],
  [CODE.askSign, 12],
  [CODE.sign, 16],
  [CODE.presentSign, 16],
  [CODE.accept, 16],
  [CODE.confirm, 12],
]);

export function serializeTouFrame(frame: Exclude<TouFrame, { type: 'unknown' }>): Uint8Array {
  switch (frame.type) {
    case 'data': {
      const bytes = header(CODE.data, frame.realm, frame.bytes.length, frame.bytes.length);
      bytes.set(frame.bytes, TOU_HEADER_BYTES);
      return bytes;
    }
    case 'bind': {
      const bytes = header(CODE.bind, frame.realm, 8);
      bytes.writeUInt32BE(frame.port, 12);
      bytes.set([127, 0, 0, 1], 16);
      return bytes;
    }
    case 'connected':
      return withTail(CODE.status, frame.realm, Buffer.from('CONN'));
    case 'disconnected':
      return withTail(CODE.status, frame.realm, Buffer.from('DISC'));
    case 'heartbeat':
      return header(CODE.heartbeat, 0, 0);
    case 'ask-sign':
      return header(CODE.askSign, 0, 0);
    case 'sign':
      return withTail(CODE.sign, 0, frame.sign);
    case 'present-sign':
      return withTail(CODE.presentSign, 0, frame.sign);
    case 'accept':
      return withTail(CODE.accept, 0, frame.value);
    case 'confirm':
      return header(CODE.confirm, 0, 0);
  }
}

/** Reads frames from the stream. Data is passed on in the pieces in which it arrived, so that nothing is copied. */
export class TouReader {
  readonly #header = Buffer.alloc(20);
  #headerBytes = 0;
  #data: { readonly realm: number; left: number } | undefined;

  /** `segment` is the body of one PTCP segment. After unknown bytes, reading begins anew at the start of a segment. */
  push(segment: Uint8Array): TouFrame[] {
    const frames: TouFrame[] = [];
    for (let at = 0; at < segment.length; ) {
      if (this.#data) at = this.#readData(segment, at, this.#data, frames);
      else if (this.#headerBytes > 0 || isKnown(segment[at])) at = this.#readFrame(segment, at, frames);
      else if (at === 0) {
        frames.push({ type: 'unknown', code: segment[0] ?? 0 });
        break;
      } else if (segment[at] === 0)
        at++; // Some devices pad CONN and DISC with zeros.
      else throw new GatewayError('bad-data', `The device sent a frame of the unknown kind ${segment[at]}.`);
    }
    return frames;
  }

  #readData(segment: Uint8Array, at: number, data: { realm: number; left: number }, frames: TouFrame[]): number {
    const bytes = segment.subarray(at, at + data.left);
    data.left -= bytes.length;
    frames.push({ type: 'data', realm: data.realm, bytes });
    if (data.left === 0) this.#data = undefined;
    return at + bytes.length;
  }

  #readFrame(segment: Uint8Array, at: number, frames: TouFrame[]): number {
    const code = this.#headerBytes > 0 ? (this.#header[0] ?? 0) : (segment[at] ?? 0);
    const size = SIZE.get(code) ?? TOU_HEADER_BYTES;
    const part = segment.subarray(at, at + size - this.#headerBytes);
    const startedHere = this.#headerBytes === 0;
    this.#header.set(part, this.#headerBytes);
    this.#headerBytes += part.length;
    if (this.#headerBytes < size) return segment.length;
    this.#headerBytes = 0;
    const next = at + part.length;
    if (code === CODE.sign && startedHere && at === 0) return readSign(segment, next, frames);
    const frame = this.#parse(code);
    if (frame) frames.push(frame);
    return next;
  }

  #parse(code: number): TouFrame | undefined {
    const header = this.#header;
    const realm = header.readUInt32BE(4);
    const tail = (): Uint8Array => Uint8Array.from(header.subarray(TOU_HEADER_BYTES, 16));
    switch (code) {
      case CODE.data: {
        const left = header.readUInt16BE(2);
        if (left > 0) this.#data = { realm, left };
        return undefined;
      }
      case CODE.bind:
        return { type: 'bind', realm, port: header.readUInt16BE(14) };
      case CODE.status:
        return parseStatus(realm, header.toString('latin1', TOU_HEADER_BYTES, 16));
      case CODE.heartbeat:
        return { type: 'heartbeat' };
      case CODE.askSign:
        return { type: 'ask-sign' };
      case CODE.sign:
        return { type: 'sign', sign: tail() };
      case CODE.presentSign:
        return { type: 'present-sign', sign: tail() };
      case CODE.accept:
        return { type: 'accept', value: tail() };
      case CODE.confirm:
        return { type: 'confirm' };
      default:
        return { type: 'unknown', code };
    }
  }
}

function parseStatus(realm: number, status: string): TouFrame {
  if (status === 'CONN') return { type: 'connected', realm };
  if (status === 'DISC') return { type: 'disconnected', realm };
  throw new GatewayError('bad-data', 'The device sent the state of a connection in an unknown form.');
}

/** The sign fills its segment unless another frame follows. On the device that was traced it has four bytes. */
function readSign(segment: Uint8Array, after: number, frames: TouFrame[]): number {
  const end = isKnown(segment[after]) || segment.length > MAX_SIGN_BYTES ? after : segment.length;
  frames.push({ type: 'sign', sign: Uint8Array.from(segment.subarray(TOU_HEADER_BYTES, end)) });
  return end;
}

function isKnown(code: number | undefined): boolean {
  return code !== undefined && SIZE.has(code);
}

function header(code: number, realm: number, extraBytes: number, length = 0): Buffer {
  const bytes = Buffer.alloc(TOU_HEADER_BYTES + extraBytes);
  bytes[0] = code;
  bytes.writeUInt16BE(length, 2);
  bytes.writeUInt32BE(realm, 4);
  return bytes;
}

function withTail(code: number, realm: number, tail: Uint8Array): Uint8Array {
  const bytes = header(code, realm, tail.length);
  bytes.set(tail, TOU_HEADER_BYTES);
  return bytes;
}
