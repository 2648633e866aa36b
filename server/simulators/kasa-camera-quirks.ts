import type { PasswordForm } from '../protocols/kasa/password-form.ts';

/** How one simulated Kasa camera differs from the usual one; each switch is a behaviour seen in the field. */
export type KasaQuirks = {
  /** How the endless body is framed. `announced-chunks` says chunked in HTTP/1.0 and sends none. */
  readonly framing?: 'raw' | 'chunked' | 'announced-chunks' | 'negative-length';
  readonly httpVersion?: '1.0' | '1.1';
  /** The form of the password that the stream takes. */
  readonly passwordForm?: PasswordForm;
  /** What a wrong form gets. */
  readonly refusal?: '401' | '200-then-end';
  /** Models that send no X-Timestamp. */
  readonly withoutStamps?: boolean;
  /** Models that do not say whether they send sound. */
  readonly withoutAudioHeader?: boolean;
  /** The clock starts anew after so many pictures. */
  readonly stampResetAfter?: number;
  /** Parameter sets and slice in parts of their own. */
  readonly splitKeyFrames?: boolean;
  /** The connection ends in the middle of a part after so many pictures. */
  readonly endInsidePartAfter?: number;
  /** Delimiter lines sent twice, bare LF, an unknown part now and then. */
  readonly untidyParts?: boolean;
  readonly tls?: 'static-rsa-1.2' | '1.0';
  /** Newest firmware: the control port is closed. */
  readonly withoutControls?: boolean;
  /** No motor. */
  readonly withoutMotor?: boolean;
};
