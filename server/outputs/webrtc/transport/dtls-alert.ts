import type { WeriftDtls } from './werift-internals.ts';

const CONTENT_ALERT = 21;
const RECORD_HEADER_BYTES = 13;
const VERSION_1_2 = { major: 254, minor: 253 } as const;
const CLOSE_NOTIFY = [1, 0] as const;
/** Record numbers of epoch 1 that werift, which only ever sends its Finished there, does not reach. */
const OUR_RECORD_NUMBER = 0x100_0000;

export function isAlert(record: Uint8Array): boolean {
  return record[0] === CONTENT_ALERT;
}

/**
 * Whether an alert was made with the session's keys. werift accepts any alert, so without this check anybody who can forge a
 * source address could end any viewer.
 */
export function isAuthenticAlert(dtls: WeriftDtls, bytes: Uint8Array): boolean {
  const record = Buffer.from(bytes);
  if (record.length < RECORD_HEADER_BYTES || record.readUInt16BE(3) === 0) return false;
  const recordLayerHeader = {
    contentType: CONTENT_ALERT,
    protocolVersion: { major: record.readUInt8(1), minor: record.readUInt8(2) },
    epoch: record.readUInt16BE(3),
    sequenceNumber: record.readUIntBE(5, 6),
  };
  const fragment = record.subarray(RECORD_HEADER_BYTES, RECORD_HEADER_BYTES + record.readUInt16BE(11));
  try {
    dtls.cipher.decryptPacket({ recordLayerHeader, fragment });
    return true;
  } catch {
    return false;
  }
}

/** Goodbye (RFC 5246 clause 7.2.1), so that the page knows at once. */
export function closeNotify(dtls: WeriftDtls): Uint8Array {
  const recordLayerHeader = {
    contentType: CONTENT_ALERT,
    protocolVersion: VERSION_1_2,
    epoch: 1,
    sequenceNumber: OUR_RECORD_NUMBER,
  };
  const { fragment } = dtls.cipher.encryptPacket({ recordLayerHeader, fragment: Buffer.from(CLOSE_NOTIFY) });
  const record = Buffer.alloc(RECORD_HEADER_BYTES + fragment.length);
  record.set([CONTENT_ALERT, VERSION_1_2.major, VERSION_1_2.minor]);
  record.writeUInt16BE(1, 3);
  record.writeUIntBE(OUR_RECORD_NUMBER, 5, 6);
  record.writeUInt16BE(fragment.length, 11);
  record.set(fragment, RECORD_HEADER_BYTES);
  return record;
}
