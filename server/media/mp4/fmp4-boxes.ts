/** ISO base media boxes (ISO 14496-12 clause 4.2): a size, a type, what is inside. */
export function box(type: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, 8);
  const bytes = new Uint8Array(size);
  writeBoxHeader(new DataView(bytes.buffer), 0, size, type);
  let at = 8;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A box with the version and flags that most of them begin with. */
export function fullBox(type: string, version: number, flags: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return box(type, uint32((version << 24) | flags), ...parts);
}

export function uint8(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}

export function uint16(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 2);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setUint16(index * 2, value);
  return bytes;
}

export function uint32(...values: readonly number[]): Uint8Array {
  return uint32List(values);
}

/** For tables of any length; the number of arguments of a call is limited. */
export function uint32List(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setUint32(index * 4, value);
  return bytes;
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

export function zeros(count: number): Uint8Array {
  return new Uint8Array(count);
}

export function writeBoxHeader(view: DataView, at: number, size: number, type: string): void {
  view.setUint32(at, size);
  for (let index = 0; index < 4; index++) view.setUint8(at + 4 + index, type.charCodeAt(index));
}

/** Writes whole numbers up to 2^53, enough for the times of a stream that runs for years. */
export function writeUint64(view: DataView, at: number, value: number): void {
  view.setUint32(at, Math.floor(value / 2 ** 32));
  view.setUint32(at + 4, value % 2 ** 32);
}
