import type { ShareInput } from '../../../shared/share-link.ts';

export const DURATIONS = ['1h', '1d', '7d', '30d', 'until', 'never'] as const;
export type Duration = (typeof DURATIONS)[number];

/** A link as it stands in the form. */
export type ShareDraft = {
  readonly label: string;
  readonly duration: Duration;
  /** Local time in the form of the browser's field, such as 2026-11-21T18:00. */
  readonly until: string;
  readonly hasWindow: boolean;
  readonly from: string;
  readonly to: string;
  /** Empty means as many as the gateway serves. */
  readonly maxViewers: string;
  readonly audio: boolean;
  readonly quality: 'main' | 'sub';
};

export const newShareDraft: ShareDraft = {
  label: '',
  duration: '1d',
  until: '',
  hasWindow: false,
  from: '08:00',
  to: '18:00',
  maxViewers: '',
  audio: true,
  quality: 'main',
};

const HOUR_MS = 3_600_000;
const LENGTH_MS: Partial<Record<Duration, number>> = {
  '1h': HOUR_MS,
  '1d': 24 * HOUR_MS,
  '7d': 7 * 24 * HOUR_MS,
  '30d': 30 * 24 * HOUR_MS,
};

export function shareInputOf(camera: string, draft: ShareDraft, nowMs: number, timeZone: string): ShareInput {
  const expiresAt = expiryOf(draft, nowMs);
  const maxViewers = Number.parseInt(draft.maxViewers, 10);
  return {
    camera,
    audio: draft.audio,
    quality: draft.quality,
    ...(draft.label.trim() !== '' && { label: draft.label.trim() }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(draft.hasWindow && { dailyWindow: { from: draft.from, to: draft.to, timeZone } }),
    ...(maxViewers > 0 && { maxViewers }),
  };
}

function expiryOf({ duration, until }: ShareDraft, nowMs: number): number | undefined {
  if (duration === 'never') return undefined;
  const length = LENGTH_MS[duration];
  if (length !== undefined) return nowMs + length;
  const at = new Date(until).getTime();
  return Number.isNaN(at) ? undefined : at;
}
