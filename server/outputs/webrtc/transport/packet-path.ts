import type { PacketRun } from '../../../protocols/srtp/packet-run.ts';
import type { SendOutcome } from '../native/udp-sender.ts';

/** One way to a viewer: a remote address seen from our UDP port, or a connection to our TCP port. */
export type PacketPath = {
  /** Transport, address and port in one text, by which packets are routed. */
  readonly key: string;
  readonly transport: 'udp' | 'tcp';
  readonly address: string;
  readonly port: number;
  /** Sends one STUN, DTLS or RTCP packet. Their own protocols repair a loss. */
  sendPacket(bytes: Uint8Array): void;
  /** Sends a protected run of media. Never waits. */
  sendRun(run: PacketRun): SendOutcome;
};
