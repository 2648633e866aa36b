import type { Clock } from '../platform/clock.ts';
import { GatewayError } from '../platform/errors.ts';
import type { Right } from './right.ts';
import { plainAddress, type Sitter } from './sitter.ts';
import type { Viewer, ViewerDescription } from './viewer.ts';

/** A player that changes its transport holds the old stream until the new one shows a picture, and no longer than this. */
const HANDOVER_MS = 20_000;
/** How long somebody who fetches stills counts as present after each still. */
const STILL_MS = 10_000;

/**
 * The seats of rights that have their own limit. They count people: a player that changes its transport is one person, two
 * players with the same visit are two, and somebody who only fetches stills is one as well.
 */
export class LinkSeats {
  readonly #clock: Clock;
  readonly #sinceMs = new WeakMap<Sitter, number>();
  /** Viewers that stayed beside another stream of the same visit for longer than a change of transport takes. */
  readonly #overstayed = new WeakSet<Sitter>();
  /** For each address, until when somebody who fetches stills counts. It holds the right, which nothing else may hold between two stills. */
  readonly #stills = new Map<Right, Map<string, number>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws `too-many-viewers` when there is no seat for this newcomer. `watching` are all viewers with a seat, by any right. */
  require(newcomer: ViewerDescription, watching: () => readonly Viewer[]): void {
    const { right, maxViewers } = newcomer;
    if (maxViewers === undefined || newcomer.kind === 'still') return;
    const sitting = sittersOf(right, watching());
    if (this.#people(right, [...sitting, newcomer]) > maxViewers) throw full(this.#people(right, sitting), maxViewers);
  }

  /** Must be called when the newcomer takes a seat. Calls `leave` if it was not a change of transport but a second player without a seat. */
  sit(viewer: Viewer, watching: () => readonly Viewer[], leave: (reason: GatewayError) => void): () => void {
    const { right, maxViewers } = viewer;
    this.#sinceMs.set(viewer, this.#nowMs());
    if (maxViewers === undefined || viewer.visit === undefined) return () => {};
    const before = sittersOf(right, watching()).filter((one) => playerOf(one) === playerOf(viewer));
    if (before.length === 0) return () => {};
    return this.#clock.after(HANDOVER_MS, () => {
      const stayed = before.filter((one) => watching().includes(one));
      if (stayed.length === 0) return;
      for (const one of stayed) this.#overstayed.add(one);
      const people = this.#people(right, sittersOf(right, watching()));
      if (people > maxViewers) leave(full(people - 1, maxViewers));
    });
  }

  /** Throws as `require` does. Otherwise the person who asks for this still has a seat for a while. */
  takeStill(
    { right, address, maxViewers }: Sitter & { readonly maxViewers?: number },
    watching: () => readonly Viewer[],
  ): void {
    if (maxViewers === undefined) return;
    const sitting = sittersOf(right, watching());
    const from = plainAddress(address);
    if (sitting.some((one) => plainAddress(one.address) === from)) return;
    const stills = this.#stillsOf(right);
    const isThere = (stills.get(from) ?? 0) > this.#nowMs();
    const people = this.#people(right, sitting);
    if (!isThere && people >= maxViewers) throw full(people, maxViewers);
    this.#stills.set(right, stills.set(from, this.#nowMs() + STILL_MS));
  }

  #people(right: Right, sitting: readonly Sitter[]): number {
    const players = new Map<unknown, Sitter[]>();
    for (const one of sitting) {
      const player = playerOf(one);
      players.set(player, [...(players.get(player) ?? []), one]);
    }
    let people = 0;
    for (const streams of players.values()) people += streams.length - (this.#changesItsWay(streams) ? 1 : 0);
    const addresses = new Set(sitting.map(({ address }) => plainAddress(address)));
    for (const address of this.#stillsOf(right).keys()) if (!addresses.has(address)) people++;
    return people;
  }

  #changesItsWay(streams: readonly Sitter[]): boolean {
    if (streams.length < 2 || streams.some((one) => this.#overstayed.has(one))) return false;
    const newestMs = Math.max(...streams.map((one) => this.#sinceMs.get(one) ?? this.#nowMs()));
    return this.#nowMs() - newestMs < HANDOVER_MS;
  }

  /** Leaves out people who have not asked for a while. */
  #stillsOf(right: Right): Map<string, number> {
    for (const [one, stills] of this.#stills) {
      for (const [address, untilMs] of stills) if (untilMs <= this.#nowMs()) stills.delete(address);
      if (stills.size === 0) this.#stills.delete(one);
    }
    return this.#stills.get(right) ?? new Map();
  }

  #nowMs(): number {
    return this.#clock.nowUs() / 1000;
  }
}

function sittersOf(right: Right, watching: readonly Viewer[]): Viewer[] {
  return watching.filter((viewer) => viewer.right === right && viewer.kind !== 'still');
}

/** Whether it is the same player in the same browser. Without a visit every player is a separate one. */
function playerOf(sitter: Sitter): unknown {
  return sitter.visit === undefined ? sitter : JSON.stringify([sitter.visit, plainAddress(sitter.address)]);
}

function full(people: number, maxViewers: number): GatewayError {
  return new GatewayError('too-many-viewers', `${people} of ${maxViewers} viewers of this link are watching.`);
}
