import * as z from 'zod';
import { line } from './plain-text.ts';

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'expected a time such as 08:30' });

/** The hours of a day in which a share shows its picture, in a time zone. `to` before `from` runs over midnight. */
export const dailyWindow = z.strictObject({
  from: timeOfDay,
  to: timeOfDay,
  /** IANA name such as Europe/Zurich. */
  timeZone: z.string().min(1).max(64),
});
export type DailyWindow = z.infer<typeof dailyWindow>;

const limits = {
  /** Shown to the holder of the link and to people who manage shares. */
  label: line(z, 120).min(1),
  /** Epoch milliseconds. */
  expiresAt: z.int().positive().exactOptional(),
  dailyWindow: dailyWindow.exactOptional(),
  maxViewers: z.int().min(1).max(1000).exactOptional(),
  audio: z.boolean(),
  quality: z.enum(['main', 'sub']),
};

export const shareInput = z.strictObject({
  camera: z.string(),
  ...limits,
  label: limits.label.default('Shared camera'),
  audio: limits.audio.default(true),
  quality: limits.quality.default('main'),
});
export type ShareInput = z.input<typeof shareInput>;

export const shareView = z.strictObject({
  id: z.string(),
  camera: z.string(),
  ...limits,
  createdAt: z.int(),
  createdBy: z.string(),
  lastUsedAt: z.int().exactOptional(),
  /** How often its page was opened. */
  opened: z.int(),
  revokedAt: z.int().exactOptional(),
  /** `closed` means outside its daily window. */
  state: z.enum(['open', 'closed', 'expired', 'revoked']),
  watching: z.int(),
});
export type ShareView = z.infer<typeof shareView>;

/** The answer when a share is made. The token is only shown here. */
export const shareCreated = z.strictObject({ id: z.string(), token: z.string(), url: z.string(), share: shareView });
export type ShareCreated = z.infer<typeof shareCreated>;

/** What the holder of a link may know about it. */
export const shareInfo = z.strictObject({
  label: z.string(),
  camera: z.string(),
  cameraName: z.string(),
  expiresAt: z.int().exactOptional(),
  dailyWindow: dailyWindow.exactOptional(),
  /** `closed` means outside its daily window, until `opensAt`. */
  state: z.enum(['open', 'closed']),
  opensAt: z.int().exactOptional(),
  /** When the picture ends: at the end of the link or of today's window, whichever comes first. */
  openUntil: z.int().exactOptional(),
  audio: z.boolean(),
  quality: z.enum(['main', 'sub']),
});
export type ShareInfo = z.infer<typeof shareInfo>;
