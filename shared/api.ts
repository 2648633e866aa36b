/**
 * Requests and answers of the REST API. Cameras are in camera-api.ts, shares in share-link.ts, the report card in
 * probe-report.ts. The server checks with the schemas. The web only imports the types (`import type`), which keeps zod out of
 * its bundle. All times are epoch milliseconds.
 */
import * as z from 'zod';
import { ACTIONS } from './actions.ts';
import { line } from './plain-text.ts';
import { apiError } from './probe-report.ts';
import { ROLES } from './roles.ts';

export const errorBody = z.strictObject({ error: apiError });
export type ErrorBody = z.infer<typeof errorBody>;

const name = line(z, 120).min(1);
const role = z.enum(ROLES);
/** `all`, or the ids of the cameras that the right is limited to. */
const cameraRights = z.union([z.literal('all'), z.array(z.string()).readonly()]);
const secret = z.string().max(1024);
/** Long enough that throttled guessing is hopeless. There are no rules about kinds of characters. */
export const newPassword = z.string().min(10, { error: 'A password needs at least 10 characters.' }).max(1024);

// Session and account

export const signInInput = z.strictObject({ name: line(z, 120), password: secret });
export type SignInInput = z.infer<typeof signInInput>;

export const confirmInput = z.strictObject({ password: secret });

/** The last part of a one-time link, `/setup/LINK`. */
export const signInLinkInput = z.strictObject({ link: z.string().max(200) });

export const sessionView = z.strictObject({
  kind: z.enum(['user', 'token', 'share']),
  /** The user's name, the token's name, the share's label. */
  name: z.string(),
  role,
  cameras: cameraRights,
  /** The allowed actions on these cameras. The dashboard hides the others. */
  may: z.array(z.enum(ACTIONS)).readonly(),
  mayListen: z.boolean(),
  qualityCeiling: z.enum(['main', 'sub']),
  validUntil: z.int().exactOptional(),
  /** True for somebody who signed in by the one-time link and has no password yet. The page then asks for a name and a password. */
  needsPassword: z.boolean(),
});
export type SessionView = z.infer<typeof sessionView>;

/** `currentPassword` is needed to change a password that exists. */
export const accountInput = z.strictObject({
  name: name.exactOptional(),
  password: newPassword.exactOptional(),
  currentPassword: secret.exactOptional(),
});
export type AccountInput = z.infer<typeof accountInput>;

/** One browser that is signed in. */
export const signedInView = z.strictObject({
  id: z.string(),
  user: z.string(),
  createdAt: z.int(),
  lastUsedAt: z.int(),
  address: z.string().exactOptional(),
  /** How the browser describes itself. */
  agent: z.string().exactOptional(),
  current: z.boolean(),
});
export type SignedInView = z.infer<typeof signedInView>;

// Supervision of the gateway

export const viewerView = z.strictObject({
  id: z.string(),
  camera: z.string(),
  quality: z.enum(['main', 'sub']),
  kind: z.enum(['webrtc', 'mp4', 'hls', 'rtsp', 'record', 'still']),
  who: z.string(),
  /** It is the same for everything that one person watches in one browser. `limits.maxViewers` counts seats. */
  person: z.string(),
  address: z.string().exactOptional(),
  /** The share whose link is used. */
  share: z.string().exactOptional(),
  sinceMs: z.number(),
  bitrateKbps: z.number().exactOptional(),
  lossPercent: z.number().exactOptional(),
  roundTripMs: z.number().exactOptional(),
  skippedFrames: z.number().exactOptional(),
  pictureAgeMs: z.number().exactOptional(),
});
export type ViewerView = z.infer<typeof viewerView>;

export const userInput = z.strictObject({ name, password: newPassword, role, cameras: cameraRights.default('all') });
export type UserInput = z.input<typeof userInput>;

export const userPatch = z.strictObject({
  name: name.exactOptional(),
  password: newPassword.exactOptional(),
  role: role.exactOptional(),
  cameras: cameraRights.exactOptional(),
});
export type UserPatch = z.infer<typeof userPatch>;

export const userView = z.strictObject({
  id: z.string(),
  name: z.string(),
  role,
  cameras: cameraRights,
  createdAt: z.int(),
  hasPassword: z.boolean(),
  /** The open links and the tokens that would end with the account. */
  made: z.strictObject({ links: z.int(), tokens: z.int() }),
});
export type UserView = z.infer<typeof userView>;

export const tokenInput = z.strictObject({
  name,
  role,
  cameras: cameraRights.default('all'),
  /** When absent, the token ends in a year. With `null` it never ends by itself. */
  expiresAt: z.int().positive().nullable().exactOptional(),
});
export type TokenInput = z.input<typeof tokenInput>;

export const tokenView = z.strictObject({
  id: z.string(),
  name: z.string(),
  role,
  cameras: cameraRights,
  createdAt: z.int(),
  createdBy: z.string(),
  lastUsedAt: z.int().exactOptional(),
  expiresAt: z.int().exactOptional(),
});
export type TokenView = z.infer<typeof tokenView>;

/** The token itself. It is only shown in this answer. */
export const tokenCreated = z.strictObject({ token: z.string(), view: tokenView });
export type TokenCreated = z.infer<typeof tokenCreated>;

export const auditEntry = z.strictObject({
  id: z.int(),
  at: z.int(),
  who: z.string(),
  address: z.string().exactOptional(),
  /** A stable name: `signed-in`, `sign-in-refused`, `camera-added`, `share-revoked`, … */
  event: z.string(),
  /** What the event concerns: a camera's id, a user's name or a share's label. */
  subject: z.string().exactOptional(),
  detail: z.string().exactOptional(),
});
export type AuditEntry = z.infer<typeof auditEntry>;

/** An arrangement of the grid that a person keeps. */
export const savedViewInput = z.strictObject({
  name,
  layout: z.enum(['auto', '1', '2', '3', '4', '5', '6', 'focus']),
  cameras: z.array(z.string()).max(500).readonly(),
  /** Seconds per page on a wall display. When absent, the pages do not rotate. */
  rotateSeconds: z.int().min(2).max(3600).exactOptional(),
});
export type SavedViewInput = z.infer<typeof savedViewInput>;
export const savedView = z.strictObject({ id: z.string(), ...savedViewInput.shape });
export type SavedView = z.infer<typeof savedView>;

export const gatewayView = z.strictObject({
  version: z.string(),
  demo: z.boolean(),
  maxViewers: z.int(),
  rtspPort: z.int().exactOptional(),
  /** Why nothing can be changed now. Only people who can do something about it are told. */
  problem: z.strictObject({ code: z.string(), message: z.string() }).exactOptional(),
});
export type GatewayView = z.infer<typeof gatewayView>;
