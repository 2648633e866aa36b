import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { LossyLink } from '../../../simulators/lossy-link.ts';

/** A network between one browser and the gateway's UDP port that can lose some or all packets in both directions. */
export class BadNetwork {
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #link = new LossyLink({});
  #browserPort = 0;

  private constructor(near: Socket, far: Socket, gatewayPort: number) {
    this.#near = near;
    this.#far = far;
    near.on('message', (bytes, { port }) => {
      this.#browserPort = port;
      this.#pass(() => far.send(bytes, gatewayPort, '127.0.0.1'));
    });
    far.on('message', (bytes) => this.#pass(() => near.send(bytes, this.#browserPort, '127.0.0.1')));
  }

  static async open(gatewayPort: number): Promise<BadNetwork> {
    const sockets = [createSocket('udp4'), createSocket('udp4')] as const;
    for (const socket of sockets) {
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
    }
    return new BadNetwork(...sockets, gatewayPort);
  }

  /** The percentage of lost packets. 100 means that the network is interrupted. */
  set lossPercent(lossPercent: number) {
    this.#link.faults = { lossPercent };
  }

  /** The browser's offer, changed so that it cannot bypass this network. */
  offer(sdp: string): string {
    return sdp.replaceAll(/^a=candidate:.*\r\n/gm, '');
  }

  /** The answer to the browser, changed so that everything uses this network. */
  answer(sdp: string): string {
    const { port } = this.#near.address();
    return sdp
      .replaceAll(/^a=candidate:\S+ \d tcp .*\r\n/gim, '')
      .replaceAll(/^(a=candidate:\S+ \d udp \d+ \S+) \d+/gim, `$1 ${port}`);
  }

  close(): void {
    this.#near.close();
    this.#far.close();
  }

  #pass(send: () => void): void {
    for (const _ of this.#link.deliveries()) send();
  }
}
