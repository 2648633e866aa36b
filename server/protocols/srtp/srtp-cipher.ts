import type { PacketRun } from './packet-run.ts';

/** Protects one viewer's packets, with one session key. */
export type SrtpCipher = {
  readonly tagBytes: number;
  /** Writes ciphertext and tag of every packet of the run behind its header. */
  protect(run: PacketRun): void;
  /** Idempotent; afterwards the cipher must not be used. */
  close(): void;
};

/** The constant part of every AES-GCM nonce of one source (RFC 7714 clause 8.1): salt XOR (00 00 || SSRC || 0…). */
export function writeGcmNonceBase(target: Uint8Array, salt: Uint8Array, ssrc: number): void {
  target.set(salt.subarray(0, 12));
  xorUint32(target, 2, ssrc);
}

/** Completes a nonce: the packet's index goes into its last six bytes. `base` holds writeGcmNonceBase's result. */
export function writeGcmNonce(target: Uint8Array, base: Uint8Array, rolloverCounter: number, sequence: number): void {
  target.set(base);
  xorUint32(target, 6, rolloverCounter);
  target[10] = (target[10] as number) ^ (sequence >>> 8);
  target[11] = (target[11] as number) ^ (sequence & 255);
}

/** First counter block of a packet in AES-CM (RFC 3711 clause 4.1.1): (salt || 00 00) XOR SSRC * 2^64 XOR index * 2^16. */
export function writeCounterBlock(
  target: Uint8Array,
  salt: Uint8Array,
  ssrc: number,
  rolloverCounter: number,
  sequence: number,
): void {
  target.fill(0, 0, 16);
  target.set(salt.subarray(0, 14));
  xorUint32(target, 4, ssrc);
  xorUint32(target, 8, rolloverCounter);
  target[12] = (target[12] as number) ^ (sequence >>> 8);
  target[13] = (target[13] as number) ^ (sequence & 255);
}

function xorUint32(target: Uint8Array, at: number, value: number): void {
  target[at] = (target[at] as number) ^ (value >>> 24);
  target[at + 1] = (target[at + 1] as number) ^ ((value >>> 16) & 255);
  target[at + 2] = (target[at + 2] as number) ^ ((value >>> 8) & 255);
  target[at + 3] = (target[at + 3] as number) ^ (value & 255);
}
