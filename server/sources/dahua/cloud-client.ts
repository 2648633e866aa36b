import { randomInt } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import { settleWithin } from '../../platform/wait.ts';
import {
  type CloudResponse,
  cloudHeader,
  cloudSequence,
  isCloudResponse,
  parseCloudMessage,
  serializeCloudRequest,
} from '../../protocols/dahua/cloud-message.ts';
import { type Endpoint, sameEndpoint } from '../../protocols/dahua/endpoint.ts';
import { wsseHeaders } from '../../protocols/dahua/wsse.ts';
import type { CloudProfile } from './cloud-profiles.ts';
import type { UdpSocket } from './udp-socket.ts';

/** What the requests of one session share: the numbering, and how far the cloud's clock is from ours. */
export class CloudSession {
  readonly profile: CloudProfile;
  readonly #clock: Clock;
  #sequence = 0;
  #offsetMs = 0;

  constructor(profile: CloudProfile, clock: Clock) {
    this.profile = profile;
    this.#clock = clock;
  }

  get wallMs(): number {
    return this.#clock.wallMs() + this.#offsetMs;
  }

  nextSequence(): number {
    return ++this.#sequence;
  }

  /** Adopts the time of a `Date` header; false when there is none or it was adopted already. */
  correctClock(date: string | undefined): boolean {
    const theirsMs = Date.parse(date ?? '');
    if (Number.isNaN(theirsMs) || Math.abs(theirsMs - this.wallMs) < MIN_CORRECTION_MS) return false;
    this.#offsetMs = theirsMs - this.#clock.wallMs();
    return true;
  }
}

export type CloudCall = {
  readonly to: Endpoint;
  readonly verb: 'DHGET' | 'DHPOST';
  readonly path: string;
  /** Built anew for every datagram: proofs carry the time. */
  readonly body?: () => string;
  /** Who answers, when it is not the one who was asked: the agent of a relay. */
  readonly answeredBy?: Endpoint;
  readonly timeoutMs: number;
  /** What silence means, where it is not the cloud that is silent. */
  readonly whenSilent?: GatewayError;
  readonly signal: AbortSignal;
};

const FIRST_RESEND_MS = 500;
const MIN_CORRECTION_MS = 2000;

type Pending = { readonly call: CloudCall; readonly sequence: number; readonly answer: (reply: CloudResponse) => void };

/** Requests over one UDP port: sent again until answered, matched by number and by who answers. */
export class CloudClient {
  readonly session: CloudSession;
  readonly socket: UdpSocket;
  readonly #clock: Clock;
  readonly #pending = new Set<Pending>();

  constructor(socket: UdpSocket, session: CloudSession, clock: Clock) {
    this.socket = socket;
    this.session = session;
    this.#clock = clock;
    socket.onMessage = (datagram, from) => this.#receive(datagram, from);
  }

  /** The final answer, whatever its status but 401, or a GatewayError `timeout` or `clock-wrong`. */
  async call(call: CloudCall): Promise<CloudResponse> {
    const reply = await this.#exchange(call);
    if (reply.status !== 401) return reply;
    const corrected = this.session.correctClock(cloudHeader(reply, 'Date'));
    const second = corrected ? await this.#exchange(call) : reply;
    if (second.status !== 401) return second;
    throw corrected || cloudHeader(reply, 'Date') ? identityRefused(this.session.profile) : clockWrong();
  }

  #exchange(call: CloudCall): Promise<CloudResponse> {
    const { timeoutMs, signal } = call;
    return settleWithin<CloudResponse>({
      clock: this.#clock,
      timeoutMs,
      signal,
      late: () => {
        throw call.whenSilent ?? silent(call.to);
      },
      aborted: () => {
        throw new GatewayError('stopping', 'The connection is not wanted any more.');
      },
      begin: ({ resolve }) => {
        let cancelResend = (): void => {};
        const pending: Pending = { call, sequence: this.session.nextSequence(), answer: resolve };
        const send = (waitMs: number): void => {
          this.socket.send(call.to, this.#serialize(call, pending.sequence));
          cancelResend = this.#clock.after(waitMs, () => send(waitMs * 2));
        };
        this.#pending.add(pending);
        send(FIRST_RESEND_MS);
        return () => {
          cancelResend();
          this.#pending.delete(pending);
        };
      },
    });
  }

  #serialize(call: CloudCall, sequence: number): Uint8Array {
    const { profile, wallMs } = this.session;
    return serializeCloudRequest({
      verb: call.verb,
      path: call.path,
      headers: [['CSeq', String(sequence)], ...wsseHeaders(profile, randomInt(2 ** 31), wallMs)],
      body: call.body?.() ?? '',
    });
  }

  #receive(datagram: Uint8Array, from: Endpoint): void {
    const reply = parseCloudMessage(datagram);
    if (!isCloudResponse(reply) || reply.status < 200) return; // "100 Trying" means wait.
    const sequence = cloudSequence(reply) ?? 0;
    for (const pending of this.#pending) {
      // Valid replies with number 0 have been seen; then the address alone has to do.
      const isOurs = sequence === pending.sequence || (sequence === 0 && reply.status < 300);
      if (!isOurs || !mayAnswer(from, pending.call, reply)) continue;
      pending.answer(reply);
      return;
    }
  }
}

/** Success comes from whoever was meant to answer, a refusal also from the one who was asked to pass the request on. */
function mayAnswer(from: Endpoint, call: CloudCall, reply: CloudResponse): boolean {
  return sameEndpoint(from, call.answeredBy ?? call.to) || (reply.status >= 300 && sameEndpoint(from, call.to));
}

function silent(to: Endpoint): GatewayError {
  return new GatewayError(
    'timeout',
    `The Dahua cloud (UDP ${to.address}:${to.port}) does not answer. Check the way to the internet and that outgoing UDP is allowed.`,
  );
}

function clockWrong(): GatewayError {
  return new GatewayError(
    'clock-wrong',
    'The Dahua cloud refuses the signed request. Check the clock of this computer, then user and key in dahua.clouds.',
  );
}

function identityRefused(profile: CloudProfile): GatewayError {
  return new GatewayError(
    'config-invalid',
    `The cloud ${profile.host} refuses the application identity. It may have been replaced: set user and key in dahua.clouds.`,
  );
}
