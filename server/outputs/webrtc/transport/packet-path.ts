import type { PacketRun } from '../../../protocols/srtp/packet-run.ts';
import type { SendOutcome } from '../native/udp-sender.ts';

/** One way to a viewer: a remote address seen from our UDP port, or a connection to our TCP port. */
export type PacketPath = {
  /** Transport, address and port in one text: what packets are routed by. */
  readonly key: string;
  readonly transport: 'udp' | 'tcp';
  readonly address: string;
  readonly port: number;
  /** STUN, DTLS and RTCP, one packet at a time; losing one is theirs to repair. */
  sendPacket(bytes: Uint8Array): void;
  /** Media: a protected run. Never waits. */
  sendRun(run: PacketRun): SendOutcome;
};
