import type { DailyWindow } from '../../shared/share-link.ts';

const MINUTES_PER_DAY = 24 * 60;
const MINUTE_MS = 60_000;

/** `until` is the next moment at which the window opens or closes. */
export type WindowState = { readonly open: boolean; readonly untilMs: number };

export function windowState(window: DailyWindow, nowMs: number): WindowState {
  const from = minutesOf(window.from);
  const to = minutesOf(window.to);
  const now = localMinutes(window.timeZone, nowMs);
  const open = from < to ? now >= from && now < to : from === to || now >= from || now < to;
  return { open, untilMs: nextMoment(window.timeZone, open ? to : from, nowMs) };
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The next time that clocks there show `minutes` after midnight. */
function nextMoment(timeZone: string, minutes: number, nowMs: number): number {
  const wait = forward(minutes - localMinutes(timeZone, nowMs)) || MINUTES_PER_DAY;
  const guessMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS + wait * MINUTE_MS;
  // If the clocks are changed in between, the estimate is wrong by that amount.
  const early = forward(minutes - localMinutes(timeZone, guessMs));
  return guessMs + (early > MINUTES_PER_DAY / 2 ? early - MINUTES_PER_DAY : early) * MINUTE_MS;
}

function forward(minutes: number): number {
  return (minutes + MINUTES_PER_DAY) % MINUTES_PER_DAY;
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function localMinutes(timeZone: string, timeMs: number): number {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    formats.set(timeZone, format);
  }
  return minutesOf(format.format(timeMs));
}
