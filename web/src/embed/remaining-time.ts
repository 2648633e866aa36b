import { embedTexts } from '../texts/en/embed.ts';

const { span } = embedTexts;
const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** What is left of a link, in one unit: days while it is long, seconds in the last minutes. */
export function formatRemaining(ms: number): string {
  const seconds = Math.max(Math.ceil(ms / 1000), 0);
  if (seconds <= 2 * MINUTE_S) return span.seconds(seconds);
  if (seconds <= 2 * HOUR_S) return span.minutes(Math.round(seconds / MINUTE_S));
  return seconds <= 2 * DAY_S ? span.hours(Math.round(seconds / HOUR_S)) : span.days(Math.round(seconds / DAY_S));
}
