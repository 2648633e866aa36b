import type { Logger } from 'pino';
import type { SendPath } from '../sending/send-path.ts';
import { TcpPort } from './tcp-port.ts';
import { type ReceivePacket, UdpPort } from './udp-port.ts';

/** With port 0 the system picks a UDP port, and another program may use the TCP port with the same number. */
const FREE_PORT_ATTEMPTS = 8;

export type PortOptions = {
  readonly host: string | undefined;
  readonly port: number;
  readonly withTcp: boolean;
  readonly sendPath: SendPath;
  readonly log: Logger;
  readonly receive: ReceivePacket;
  /** Called with the key of every path whose TCP connection ended. */
  readonly lose: (key: string) => void;
};

export type SharedPorts = { readonly udp: UdpPort; readonly tcp: TcpPort | undefined };

/** Opens the UDP and the TCP port that all viewers share. Both have the same number. */
export async function openSharedPorts(options: PortOptions): Promise<SharedPorts> {
  const { host, port, withTcp, sendPath, log, receive, lose } = options;
  for (let attempt = 1; ; attempt++) {
    const udp = await UdpPort.open(host, port, sendPath, receive, log);
    if (!withTcp) return { udp, tcp: undefined };
    try {
      return { udp, tcp: await TcpPort.open(host, udp.port, receive, lose) };
    } catch (error) {
      await udp.close();
      if (port === 0 && attempt < FREE_PORT_ATTEMPTS) continue;
      throw error;
    }
  }
}
