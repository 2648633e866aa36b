import * as z from 'zod';
import { ERROR_CODES } from './error-code.ts';

export const apiError = z.strictObject({ code: z.enum(ERROR_CODES), message: z.string() });

export const connectStep = z.enum([
  'resolving',
  'connecting',
  'asking',
  'waiting-for-picture',
  'waiting-for-key-frame',
]);

const video = z.strictObject({
  codec: z.enum(['h264', 'h265']),
  /** RFC 6381, such as avc1.640028. */
  codecString: z.string().exactOptional(),
  /** The name of the profile, such as Baseline, Main or High. */
  profile: z.string().exactOptional(),
  /** The level as data sheets write it, such as 4.1. */
  level: z.string().exactOptional(),
  width: z.int().exactOptional(),
  height: z.int().exactOptional(),
  fps: z.number().exactOptional(),
  bitrateKbps: z.number().exactOptional(),
  /** Absent when no second key frame came during the probe. */
  keyFrameIntervalMs: z.number().exactOptional(),
  hasBFrames: z.boolean().exactOptional(),
});

const audio = z.strictObject({
  codec: z.enum(['pcmu', 'pcma', 'aac', 'opus', 'g722']),
  sampleRateHz: z.int(),
  channels: z.int(),
});

/** One thing to change, in the camera or here, with its reason in one sentence. */
const suggestion = z.strictObject({
  severity: z.enum(['info', 'warning']),
  /** A stable name: `long-key-frame-interval`, `b-frames`, `no-substream`, … */
  code: z.string(),
  message: z.string(),
});

/** The camera report card: what a probe of a few seconds found out about one address. */
export const probeReport = z.strictObject({
  /** The address without credentials. */
  url: z.string(),
  /** Every step that was begun, in order, with how long it took. */
  steps: z.array(z.strictObject({ step: connectStep, ms: z.number() })).readonly(),
  /** The time from the start to the first picture that can be decoded, or to the failure. */
  totalMs: z.number(),
  /** What the camera calls itself. */
  device: z.string().exactOptional(),
  transport: z.string().exactOptional(),
  video: video.exactOptional(),
  audio: audio.exactOptional(),
  /** How much faster (or slower, negative) the camera's clock runs than ours. */
  clockDriftPpm: z.number().exactOptional(),
  /** A smaller stream that was found on the same camera. */
  substream: z.strictObject({ url: z.string(), video: video.exactOptional() }).exactOptional(),
  /** The newest complete picture, as a video of one frame for browsers that can decode the codec. */
  picture: z.strictObject({ mimeType: z.string(), base64: z.string() }).exactOptional(),
  suggestions: z.array(suggestion).readonly(),
  /** Why there is no picture. The report also contains what was learned before the failure. */
  error: apiError.exactOptional(),
});
export type ProbeReport = z.infer<typeof probeReport>;
export type ProbeSuggestion = z.infer<typeof suggestion>;
