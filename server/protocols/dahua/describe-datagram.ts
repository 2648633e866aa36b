import { GatewayError } from '../../platform/errors.ts';
import { isCloudResponse, parseCloudMessage } from './cloud-message.ts';
import { datagramKind } from './datagram-kind.ts';
import { describeStun, parseInvertedStun } from './inverted-stun.ts';
import { maskField, maskPath } from './masking.ts';
import { PTCP_FLAG, parsePtcpPacket } from './ptcp-packet.ts';
import { type TouFrame, TouReader } from './tou-frame.ts';
import { parseXmlFields } from './xml-fields.ts';

/** One line about a datagram for people who look for a fault; serial numbers, proofs and tokens are masked. */
export function describeDatagram(datagram: Uint8Array): string {
  try {
    const kind = datagramKind(datagram);
    if (kind === 'stun') return describeStun(parseInvertedStun(datagram));
    return kind === 'ptcp' ? describePtcp(datagram) : describeMessage(datagram);
  } catch (error) {
    if (error instanceof GatewayError) return `${datagram.length} bytes of nothing known`;
    throw error;
  }
}

function describeMessage(datagram: Uint8Array): string {
  const message = parseCloudMessage(datagram);
  const start = isCloudResponse(message)
    ? `${message.status} ${message.reason}`
    : `${message.verb} ${maskPath(message.path)}`;
  const fields = [...parseXmlFields(message.body)].map(maskField);
  return [start, ...fields].join(' ');
}

function describePtcp(datagram: Uint8Array): string {
  const { sequence, acknowledgment, flags, window, body } = parsePtcpPacket(datagram);
  const numbers = `seq=${sequence} ack=${acknowledgment} window=${window}`;
  if ((flags & PTCP_FLAG.reset) !== 0) return `PTCP reset ${numbers}`;
  if ((flags & PTCP_FLAG.control) !== 0) return `PTCP connect ${numbers}`;
  if (body.length === 0) return `PTCP ack ${numbers}`;
  return `PTCP ${numbers} ${describeBody(body)}`;
}

/** A segment may begin inside a frame; then only its length can be told. */
function describeBody(body: Uint8Array): string {
  try {
    return new TouReader().push(body).map(describeFrame).join(', ') || `${body.length} bytes`;
  } catch (error) {
    if (error instanceof GatewayError) return `${body.length} bytes`;
    throw error;
  }
}

function describeFrame(frame: TouFrame): string {
  switch (frame.type) {
    case 'data':
      return `data realm=${hex(frame.realm)} bytes=${frame.bytes.length}`;
    case 'bind':
      return `bind realm=${hex(frame.realm)} port=${frame.port}`;
    case 'connected':
    case 'disconnected':
      return `${frame.type} realm=${hex(frame.realm)}`;
    case 'unknown':
      return `unknown kind ${hex(frame.code)}`;
    default:
      return frame.type;
  }
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
