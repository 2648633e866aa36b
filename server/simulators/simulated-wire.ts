import { PseudoTcp, type PseudoTcpEvents, type PseudoTcpOptions } from '../protocols/dahua/pseudo-tcp.ts';
import type { PtcpPacket } from '../protocols/dahua/ptcp-packet.ts';
import { type LinkFaults, LossyLink } from './lossy-link.ts';

type Arrival = { readonly atMs: number; readonly order: number; readonly to: 0 | 1; readonly packet: PtcpPacket };
type EndEvents = Partial<PseudoTcpEvents>;

/** Far longer than 64 MB take on the worst network of the tests. */
const MAX_EVENTS = 1_000_000;
const MAX_WAITING = 5000;

/** Two PseudoTcp ends on a bad network in simulated time. Hours and gigabytes pass in seconds, and the result is repeatable. */
export class SimulatedWire {
  readonly ends: readonly [PseudoTcp, PseudoTcp];
  nowMs = 1000;
  datagrams = 0;
  /** Removes packets from the network, for simulating a broken one. */
  isCut = false;
  readonly #link: LossyLink;
  readonly #waiting: Arrival[] = [];
  #order = 0;

  constructor(faults: LinkFaults, events: readonly [EndEvents, EndEvents], options: PseudoTcpOptions = {}, seed = 1) {
    this.#link = new LossyLink({ delayMs: 10, ...faults }, seed);
    const end = (index: 0 | 1): PseudoTcp =>
      new PseudoTcp(
        {
          deliver: () => {},
          established: () => {},
          writable: () => {},
          closed: () => {},
          ...events[index],
          transmit: (packet) => {
            events[index].transmit?.(packet);
            this.#post(index === 0 ? 1 : 0, packet);
          },
        },
        options,
      );
    this.ends = [end(0), end(1)];
  }

  /** Lets time pass until `isDone`, until no event is left, or until `limitMs` of simulated time have passed. */
  run(isDone: () => boolean, limitMs = 3_600_000): void {
    const endMs = this.nowMs + limitMs;
    for (let events = 0; !isDone() && this.nowMs < endMs; events++) {
      if (events > MAX_EVENTS || this.#waiting.length > MAX_WAITING)
        throw new Error('The two ends answer each other without end.');
      const arrivalMs = this.#waiting[0]?.atMs ?? Number.POSITIVE_INFINITY;
      const [first, second] = this.ends;
      const timerMs = Math.min(
        first.deadlineMs ?? Number.POSITIVE_INFINITY,
        second.deadlineMs ?? Number.POSITIVE_INFINITY,
      );
      const nextMs = Math.min(arrivalMs, timerMs);
      if (nextMs === Number.POSITIVE_INFINITY) return;
      this.nowMs = Math.max(this.nowMs, nextMs);
      if (arrivalMs <= timerMs) this.#arrive();
      else for (const end of this.ends) end.tick(this.nowMs);
    }
  }

  #arrive(): void {
    const arrival = this.#waiting.shift();
    if (arrival) this.ends[arrival.to].receive(arrival.packet, this.nowMs);
  }

  #post(to: 0 | 1, packet: PtcpPacket): void {
    this.datagrams++;
    if (this.isCut) return;
    for (const delayMs of this.#link.deliveries()) {
      const arrival = { atMs: this.nowMs + delayMs, order: this.#order++, to, packet };
      let at = this.#waiting.length;
      while (at > 0 && (this.#waiting[at - 1]?.atMs ?? 0) > arrival.atMs) at--;
      this.#waiting.splice(at, 0, arrival);
    }
  }
}
