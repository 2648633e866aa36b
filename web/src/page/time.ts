import { signal } from '@preact/signals';
import { timeTexts } from '../texts/en/time.ts';

const TICK_MS = 1000;

/** The time in epoch milliseconds, updated once a second, so that texts which show an age stay true. */
export const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, TICK_MS);

/** Writes a span in one unit: "8 s", "4 min", "3 hours" or "2 days". */
export function formatSpan(ms: number): string {
  const seconds = Math.max(Math.round(ms / 1000), 0);
  if (seconds < 100) return timeTexts.seconds(seconds);
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return timeTexts.minutes(minutes);
  const hours = Math.round(minutes / 60);
  if (hours < 48) return timeTexts.hours(hours);
  return timeTexts.days(Math.round(hours / 24));
}

export function formatRelative(atMs: number, nowMs: number): string {
  const difference = nowMs - atMs;
  if (Math.abs(difference) < 5000) return timeTexts.now;
  return difference > 0 ? timeTexts.ago(formatSpan(difference)) : timeTexts.ahead(formatSpan(-difference));
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** "14:02", with the day in front when it was not today. */
export function formatClock(atMs: number, nowMs: number): string {
  const sameDay = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
  if (sameDay) return clock.format(atMs);
  return new Intl.DateTimeFormat(undefined, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(atMs);
}

export function formatExact(atMs: number): string {
  return exact.format(atMs);
}
