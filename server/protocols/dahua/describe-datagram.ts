import { GatewayError } from '../../platform/errors.ts';
import { isCloudResponse, parseCloudMessage } from './cloud-message.ts';
import { datagramKind } from './datagram-kind.ts';
import { describeStun, parseInvertedStun } from './inverted-stun.ts';
import { maskField, maskPath } from './masking.ts';
import { PTCP_FLAG, parsePtcpPacket } from './ptcp-packet.ts';
import { type TouFrame, TouReader } from './tou-frame.ts';
import { parseXmlFields } from './xml-fields.ts';

/** `isRoutine` marks media and acknowledgments: there are thousands a second, and a single one tells nothing. */
export type DatagramDescription = { readonly text: string; readonly isRoutine: boolean };

/** One line about a datagram for people who look for a fault; serial numbers, proofs and tokens are masked. */
export function describeDatagram(datagram: Uint8Array): DatagramDescription {
  try {
    const kind = datagramKind(datagram);
    if (kind === 'ptcp') return describePtcp(datagram);
    const text = kind === 'stun' ? describeStun(parseInvertedStun(datagram)) : describeMessage(datagram);
    return { text, isRoutine: false };
  } catch (error) {
    if (error instanceof GatewayError) return { text: `${datagram.length} bytes of nothing known`, isRoutine: false };
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

function describePtcp(datagram: Uint8Array): DatagramDescription {
  const { sequence, acknowledgment, flags, window, body } = parsePtcpPacket(datagram);
  const numbers = `seq=${sequence} ack=${acknowledgment} window=${window}`;
  if ((flags & PTCP_FLAG.reset) !== 0) return { text: `PTCP reset ${numbers}`, isRoutine: false };
  if ((flags & PTCP_FLAG.control) !== 0) return { text: `PTCP connect ${numbers}`, isRoutine: false };
  if (body.length === 0) return { text: `PTCP ack ${numbers}`, isRoutine: true };
  const frames = readFrames(body);
  const text = frames.map(describeFrame).join(', ') || `${body.length} bytes`;
  return { text: `PTCP ${numbers} ${text}`, isRoutine: frames.every((frame) => frame.type === 'data') };
}

/** A segment may begin inside a frame. Then only its length is known. */
function readFrames(body: Uint8Array): TouFrame[] {
  try {
    return new TouReader().push(body);
  } catch (error) {
    if (error instanceof GatewayError) return [];
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
