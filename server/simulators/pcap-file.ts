import type { Endpoint } from '../protocols/dahua/endpoint.ts';

export type CapturedDatagram = {
  readonly timeUs: number;
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly bytes: Uint8Array;
};

const LINKTYPE_RAW_IP = 101;
const MAX_PACKET_BYTES = 65_535;
const UDP = 17;

/** Writes a capture file for Wireshark, without the privileges that real capturing needs. */
export function serializePcap(datagrams: readonly CapturedDatagram[]): Uint8Array {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(MAX_PACKET_BYTES, 16);
  header.writeUInt32LE(LINKTYPE_RAW_IP, 20);
  return Buffer.concat([header, ...datagrams.flatMap(serializeRecord)]);
}

function serializeRecord(datagram: CapturedDatagram): Uint8Array[] {
  const packet = serializePacket(datagram);
  const record = Buffer.alloc(16);
  record.writeUInt32LE(Math.floor(datagram.timeUs / 1e6), 0);
  record.writeUInt32LE(datagram.timeUs % 1e6, 4);
  record.writeUInt32LE(packet.length, 8);
  record.writeUInt32LE(packet.length, 12);
  return [record, packet];
}

/** IPv4 and UDP headers without checksums, which both protocols allow. */
function serializePacket({ from, to, bytes }: CapturedDatagram): Uint8Array {
  const header = Buffer.alloc(28);
  header[0] = 0x45;
  header.writeUInt16BE(28 + bytes.length, 2);
  header[8] = 64;
  header[9] = UDP;
  header.set(from.address.split('.').map(Number), 12);
  header.set(to.address.split('.').map(Number), 16);
  header.writeUInt16BE(from.port, 20);
  header.writeUInt16BE(to.port, 22);
  header.writeUInt16BE(8 + bytes.length, 24);
  return Buffer.concat([header, bytes]);
}
