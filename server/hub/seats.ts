import { GatewayError } from '../platform/errors.ts';
import type { Right } from './right.ts';
import { plainAddress, type Sitter } from './sitter.ts';

/** A player that changes its transport holds the old stream until the new one shows a picture. */
const STREAMS_PER_SEAT = 2;
/** This share of all seats is kept for the household, but at least one if there is more than one. */
const KEPT_FOR_HOUSEHOLD = 1 / 4;
/** A link without its own limit can take at most this share of the guests' seats. The same holds for one address. */
const FAIR_PART = 1 / 2;

type Seated = Sitter & { readonly camera: string; readonly maxViewers?: number };

/**
 * Seats count people. In the household (people with an account, a token or an entry of `rtsp.users`) one browser is one person,
 * however many cameras it shows. A guest uses a link, which shows one camera, and every player of the link counts.
 */
export function requireSeat(sitting: readonly Seated[], newcomer: Seated, maxSeats: number): void {
  const all = [...sitting, newcomer];
  if (countPeople(all) > maxSeats) throw full(countPeople(sitting), maxSeats, 'people are watching');
  if (!isGuest(newcomer)) return;
  const forGuests = maxSeats - keptSeats(maxSeats);
  const fairPart = Math.ceil(forGuests * FAIR_PART);
  const require = (seats: number, among: (one: Seated) => boolean, what: string): void => {
    if (countPeople(all.filter(among)) > seats) throw full(countPeople(sitting.filter(among)), seats, what);
  };
  require(forGuests, isGuest, 'guests are watching');
  const { right, address, maxViewers } = newcomer;
  if (maxViewers === undefined) require(fairPart, (one) => one.right === right, 'people are watching by this link');
  if (address === undefined) return;
  const from = plainAddress(address);
  require(fairPart, (one) =>
    isGuest(one) && plainAddress(one.address) === from, 'guests are watching from this address');
}

/** The same text for everything that one person watches. */
export function personOf(viewer: Sitter & { readonly id: string }): string {
  const browser = browserOf(viewer);
  return typeof browser === 'string' ? browser : viewer.id;
}

function countPeople(viewers: readonly Seated[]): number {
  const household = new Set<unknown>();
  const players = new Map<unknown, number>();
  for (const viewer of viewers) {
    if (!isGuest(viewer)) household.add(browserOf(viewer));
    else {
      const player = viewer.visit === undefined ? viewer : playerOf(viewer, viewer.visit);
      players.set(player, (players.get(player) ?? 0) + 1);
    }
  }
  let people = household.size;
  for (const streams of players.values()) people += Math.ceil(streams / STREAMS_PER_SEAT);
  return people;
}

/** A signed-in browser is known by its session. Others name a browser in their visit, `BROWSER.PLAYER`. A recorder counts once per stream. */
function browserOf(sitter: Sitter): unknown {
  const { right, visit, address } = sitter;
  if (right.kind === 'session') return nameOf(right);
  if (visit === undefined) return sitter;
  return nameOf(right, visit.split('.', 1)[0], plainAddress(address));
}

function playerOf({ right, camera, address }: Seated, visit: string): string {
  return nameOf(right, visit, camera, plainAddress(address));
}

function isGuest({ right }: Sitter): boolean {
  return right.kind === 'link';
}

function keptSeats(maxSeats: number): number {
  return maxSeats < 2 ? 0 : Math.max(1, Math.floor(maxSeats * KEPT_FOR_HOUSEHOLD));
}

function nameOf({ kind, id }: Right, ...more: readonly unknown[]): string {
  return JSON.stringify([kind, id, ...more]);
}

function full(people: number, seats: number, what: string): GatewayError {
  return new GatewayError('too-many-viewers', `${people} of ${seats} ${what}.`);
}
