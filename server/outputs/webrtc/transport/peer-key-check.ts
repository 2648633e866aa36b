import { constants, createHash, createHmac, timingSafeEqual, verify, X509Certificate } from 'node:crypto';
import { GatewayError } from '../../../platform/errors.ts';
import type { HandshakeMessage, WeriftDtls } from './werift-internals.ts';

const MESSAGE = {
  clientHello: 1,
  certificate: 11,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
} as const;
const FINISHED_BYTES = 12;
const SERVER_HELLO_FLIGHT = 4;

/** SignatureScheme of RFC 8446 clause 4.2.3, which also covers what DTLS 1.2 peers write as hash and signature. */
const SCHEMES: ReadonlyMap<number, { readonly hash: string; readonly isPss?: boolean }> = new Map([
  [0x0403, { hash: 'sha256' }],
  [0x0503, { hash: 'sha384' }],
  [0x0603, { hash: 'sha512' }],
  [0x0401, { hash: 'sha256' }],
  [0x0501, { hash: 'sha384' }],
  [0x0601, { hash: 'sha512' }],
  [0x0804, { hash: 'sha256', isPss: true }],
  [0x0805, { hash: 'sha384', isPss: true }],
  [0x0806, { hash: 'sha512', isPss: true }],
]);

/**
 * Adds what werift leaves out as a DTLS server: the proof that the peer holds the key of the certificate it shows
 * (CertificateVerify, RFC 5246 clause 7.4.8) and that nobody changed the handshake (Finished, clause 7.4.9). Without them
 * the fingerprint in the offer proves nothing, because certificates travel in the clear. As server we sign
 * ServerKeyExchange ourselves, so there is none to verify.
 */
export function requirePeerKey(dtls: WeriftDtls): void {
  const handle = dtls.onHandleHandshakes;
  let hasProvedKey = false;
  let hasFinished = false;

  const take = (message: HandshakeMessage): Promise<void> => {
    // werift starts again with new keys for any ClientHello, even one that was overtaken or that a stranger sent in the clear.
    if (message.msg_type === MESSAGE.clientHello && (hasFinished || isOvertaken(dtls, message)))
      return Promise.resolve();
    if (hasProvedKey && isClientProof(message.msg_type)) return Promise.resolve();
    if (message.msg_type === MESSAGE.certificateVerify) {
      if (!isSignedByPeer(dtls, message)) throw forged('CertificateVerify');
      hasProvedKey = true;
    }
    if (message.msg_type === MESSAGE.finished && !hasFinished) {
      if (!hasProvedKey || !isFinishedByPeer(dtls, message)) throw forged('Finished');
      hasFinished = true;
    }
    return handle([message]);
  };

  // Synchronous up to the first wait: the Finished record of the same datagram is decrypted right after ClientKeyExchange.
  dtls.onHandleHandshakes = (messages) => {
    try {
      const inOrder = messages.toSorted((a, b) => a.message_seq - b.message_seq);
      return Promise.all(inOrder.map(take)).then(() => undefined);
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

/** The first ClientHello, without a cookie, when the second one has already been answered. */
function isOvertaken(dtls: WeriftDtls, { message_seq }: HandshakeMessage): boolean {
  return message_seq === 0 && dtls.dtls.flight >= SERVER_HELLO_FLIGHT;
}

/** Messages that may be retransmitted after they were checked. A second certificate must not replace the proved one. */
function isClientProof(type: number): boolean {
  return type === MESSAGE.certificate || type === MESSAGE.certificateVerify || type === MESSAGE.clientKeyExchange;
}

function transcriptOf(dtls: WeriftDtls): Buffer {
  return Buffer.concat(dtls.dtls.sortedHandshakeCache.map((message) => message.serialize()));
}

function isSignedByPeer(dtls: WeriftDtls, { fragment }: HandshakeMessage): boolean {
  const certificate = dtls.cipher.remoteCertificate;
  const scheme = fragment.length >= 4 ? SCHEMES.get(fragment.readUInt16BE(0)) : undefined;
  if (!certificate || !scheme) return false;
  const signature = fragment.subarray(4, 4 + fragment.readUInt16BE(2));
  const key = new X509Certificate(certificate).publicKey;
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return verify(scheme.hash, transcriptOf(dtls), scheme.isPss ? { key, ...pss } : key, signature);
}

function isFinishedByPeer(dtls: WeriftDtls, { fragment }: HandshakeMessage): boolean {
  const secret = dtls.cipher.masterSecret;
  if (!secret || fragment.length !== FINISHED_BYTES) return false;
  const hash = createHash('sha256').update(transcriptOf(dtls)).digest();
  return timingSafeEqual(
    firstPseudoRandomBytes(secret, Buffer.concat([Buffer.from('client finished'), hash])),
    fragment,
  );
}

/** The first bytes of PRF of RFC 5246 clause 5: one round of P_SHA256 is more than Finished needs. */
function firstPseudoRandomBytes(secret: Uint8Array, seed: Uint8Array): Uint8Array {
  const a1 = createHmac('sha256', secret).update(seed).digest();
  return createHmac('sha256', secret).update(a1).update(seed).digest().subarray(0, FINISHED_BYTES);
}

function forged(message: string): GatewayError {
  return new GatewayError(
    'viewer-lost',
    `The viewer could not prove its key (${message}). Something stands between it and the gateway.`,
  );
}
