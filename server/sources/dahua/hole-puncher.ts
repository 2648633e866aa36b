import { randomBytes } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import { settleWithin } from '../../platform/wait.ts';
import { type Endpoint, sameEndpoint } from '../../protocols/dahua/endpoint.ts';
import {
  parseInvertedStun,
  STUN_COOKIE,
  type StunMessage,
  serializeInvertedStun,
} from '../../protocols/dahua/inverted-stun.ts';
import type { Channel } from './p2p-channel.ts';
import type { UdpSocket } from './udp-socket.ts';

const PUNCH_EVERY_MS = 300;
const MAX_TARGETS = 8;
/** How often devices, and clients of devices with a password, say that an address is chosen. */
const NOMINATIONS = 5;

/** Opens the way between two NATs: both sides send until one datagram comes through. */
export class HolePuncher {
  readonly #socket: UdpSocket;
  readonly #identify: Uint8Array;
  readonly #channel: Channel;
  readonly #transaction = randomBytes(12);
  readonly #targets: Endpoint[];
  #found: (peer: Endpoint) => void = () => {};

  constructor(socket: UdpSocket, identify: Uint8Array, channel: Channel) {
    this.#socket = socket;
    this.#identify = identify;
    this.#channel = channel;
    const { localAddress, publicAddress } = channel;
    this.#targets = [publicAddress];
    if (localAddress && !sameEndpoint(localAddress, publicAddress)) this.#targets.push(localAddress);
    socket.onStun = (datagram, from) => this.#receive(parseInvertedStun(datagram), from);
  }

  /** The address at which the device answers. */
  punch(clock: Clock, timeoutMs: number, signal: AbortSignal): Promise<Endpoint> {
    return settleWithin<Endpoint>({
      clock,
      timeoutMs,
      signal,
      late: () => {
        throw closed();
      },
      aborted: () => {
        throw new GatewayError('stopping', 'The connection is not wanted any more.');
      },
      begin: ({ resolve }) => {
        let cancelNext = (): void => {};
        const next = (): void => {
          this.knock();
          cancelNext = clock.after(PUNCH_EVERY_MS, next);
        };
        this.#found = resolve;
        next();
        return () => {
          cancelNext();
          this.#found = () => {};
        };
      },
    });
  }

  /** One request to every address the device may be at; also reopens a mapping that a NAT has forgotten. */
  knock(): void {
    for (const target of this.#targets) {
      const request = { kind: 'request', transaction: this.#transaction, address: target } as const;
      this.#socket.send(target, this.#message(request));
    }
  }

  #receive(message: StunMessage, from: Endpoint): void {
    if (Buffer.compare(message.identify, this.#channel.identify) !== 0) return; // Anybody can send here.
    if (message.kind === 'request') {
      this.#answer(message, from);
      const isNew = !this.#targets.some((target) => sameEndpoint(target, from));
      if (isNew && this.#targets.length < MAX_TARGETS) this.#targets.push(from);
    } else if (message.address && Buffer.compare(message.transaction, this.#transaction) === 0) {
      this.#answer(message, from);
      this.#nominate(message, from);
      this.#found(from);
    }
  }

  #answer(message: StunMessage, to: Endpoint): void {
    const { cookie, transaction } = message;
    this.#socket.send(to, this.#message({ kind: 'success', cookie, transaction, address: to }));
  }

  #nominate(message: StunMessage, to: Endpoint): void {
    if (this.#channel.nonce === undefined) return; // Devices without a password do not expect it.
    const { cookie, transaction } = message;
    const chosen = this.#message({ kind: 'success', cookie, transaction });
    for (let count = 0; count < NOMINATIONS; count++) this.#socket.send(to, chosen);
  }

  #message(message: Omit<StunMessage, 'identify' | 'cookie'> & { cookie?: Uint8Array }): Uint8Array {
    return serializeInvertedStun({ cookie: STUN_COOKIE, ...message, identify: this.#identify });
  }
}

function closed(): GatewayError {
  return new GatewayError(
    'no-direct-path',
    'The networks between here and the device let no direct connection through.',
  );
}
