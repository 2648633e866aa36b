import type { SrtpProfile } from '../../../protocols/srtp/srtp-profile.ts';
import type { BrowserOffer } from '../negotiation/browser-offer.ts';
import { DtlsSession, type DtlsSessionEvents } from './dtls-session.ts';
import { checkWerift, gatewayCertificate, signerOf } from './werift-internals.ts';

/** Makes DTLS sessions. Its library is the largest part of the gateway, so this file is only loaded for the first viewer. */
export type DtlsEngine = {
  /** SHA-256 of the certificate that all sessions show. */
  readonly fingerprint: string;
  open(offer: BrowserOffer, profiles: readonly SrtpProfile[], events: DtlsSessionEvents): DtlsSession;
};

export async function createDtlsEngine(): Promise<DtlsEngine> {
  const certificate = await gatewayCertificate();
  checkWerift(certificate);
  const identity = { certificate, signer: signerOf(certificate) };
  return {
    fingerprint: certificate.getFingerprints()[0]?.value ?? '',
    open: (offer, profiles, events) => new DtlsSession(offer, identity, profiles, events),
  };
}
