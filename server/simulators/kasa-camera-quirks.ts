import type { PasswordForm } from '../protocols/kasa/password-form.ts';

/** How one simulated Kasa camera differs from the usual one; each switch is a behaviour seen in the field. */
export type KasaQuirks = {
  /** How the endless body is framed. `announced-chunks` says chunked in HTTP/1.0 and sends none. */
  readonly framing?: 'raw' | 'chunked' | 'announced-chunks' | 'negative-length';
  readonly httpVersion?: '1.0' | '1.1';
  /** The form of the password that the stream accepts. */
  readonly passwordForm?: PasswordForm;
  /** What the camera does when the password has the wrong form. */
  readonly refusal?: '401' | '200-then-end';
  /** Simulates models that send no X-Timestamp. */
  readonly withoutStamps?: boolean;
  /** Simulates models that do not say whether they send sound. */
  readonly withoutAudioHeader?: boolean;
  /** The clock restarts after this many pictures. */
  readonly stampResetAfter?: number;
  /** Parameter sets and slices come in separate parts. */
  readonly splitKeyFrames?: boolean;
  /** The connection ends in the middle of a part after this many pictures. */
  readonly endInsidePartAfter?: number;
  /** Sends delimiter lines twice, lines that end in LF alone, and sometimes a part of an unknown type. */
  readonly untidyParts?: boolean;
  readonly tls?: 'static-rsa-1.2' | '1.0';
  /** Simulates the newest firmware, whose control port is closed. */
  readonly withoutControls?: boolean;
  /** The camera has no motor. */
  readonly withoutMotor?: boolean;
};
