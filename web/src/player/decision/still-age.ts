import { playerTexts } from '../../texts/en/player.ts';

const { stillAge } = playerTexts;

/** What stands beside a picture that is shown for want of a live one: one unit, never more precise than needed. */
export function stillAgeText(takenMs: number, nowMs: number): string {
  const seconds = Math.max(Math.round((nowMs - takenMs) / 1000), 0);
  if (seconds < 100) return stillAge.seconds(seconds);
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return stillAge.minutes(minutes);
  const hours = Math.round(minutes / 60);
  return hours < 48 ? stillAge.hours(hours) : stillAge.days(Math.round(hours / 24));
}

/** When the gateway received the picture that it answers with; undefined when it does not say. */
export function takenAtMs({ headers }: Pick<Response, 'headers'>): number | undefined {
  const taken = Date.parse(headers.get('last-modified') ?? '');
  return Number.isNaN(taken) ? undefined : taken;
}
