import {
  Event,
  type RTCCertificate,
  RTCDtlsFingerprint,
  RTCDtlsParameters,
  RTCDtlsTransport,
  type RTCIceTransport,
} from 'werift';
import { asGatewayError, GatewayError } from '../../../platform/errors.ts';
import {
  MASTER_KEY_BYTES,
  masterSaltBytes,
  type SrtpMasterKey,
  type SrtpProfile,
} from '../../../protocols/srtp/srtp-profile.ts';
import type { BrowserOffer } from '../negotiation/browser-offer.ts';
import { closeNotify, isAlert, isAuthenticAlert } from './dtls-alert.ts';
import { requirePeerKey } from './peer-key-check.ts';
import { type Signer, type WeriftDtls, weriftDtls } from './werift-internals.ts';

export type DtlsSessionEvents = {
  send(bytes: Uint8Array): void;
  /** Called with our key for media when the handshake is done and the peer's key is proved. */
  connected(master: SrtpMasterKey): void;
  /** A compound packet in the clear. */
  rtcp(bytes: Uint8Array): void;
  /** The handshake failed, or the viewer said goodbye. */
  closed(error: GatewayError): void;
};

/** The certificate that every viewer is shown, and its key. */
export type DtlsIdentity = { readonly certificate: RTCCertificate; readonly signer: Signer };

/** DTLS-SRTP with one viewer: werift's engine as the server, fed from the shared ports. */
export class DtlsSession {
  readonly #transport: RTCDtlsTransport;
  readonly #incoming = new Event<[Buffer]>();
  readonly #events: DtlsSessionEvents;
  #isConnected = false;
  #isClosed = false;

  constructor(
    offer: BrowserOffer,
    { certificate, signer }: DtlsIdentity,
    profiles: readonly SrtpProfile[],
    events: DtlsSessionEvents,
  ) {
    this.#events = events;
    const connection = {
      onData: this.#incoming,
      send: async (bytes: Buffer) => events.send(bytes),
      close: async () => {},
    };
    const ice = { connection, role: 'controlled', stop: async () => {} };
    this.#transport = new RTCDtlsTransport({}, ice as unknown as RTCIceTransport, certificate, [...profiles]);
    const fingerprints = offer.fingerprints.map(({ algorithm, value }) => new RTCDtlsFingerprint(algorithm, value));
    this.#transport.setRemoteParams(new RTCDtlsParameters(fingerprints, 'client'));
    this.#transport.role = 'server';
    this.#transport.onStateChange.subscribe((state) => {
      if (state === 'closed') this.#end(new GatewayError('viewer-lost', 'The viewer left.'));
    });
    void this.#run(signer);
  }

  /** A DTLS or SRTCP packet from the viewer's path. */
  receive(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    if (isMedia(bytes)) {
      if (this.#isConnected) this.#takeRtcp(bytes);
      return;
    }
    if (isAlert(bytes) && this.#isConnected && !isAuthenticAlert(weriftDtls(this.#transport), bytes)) return;
    this.#incoming.execute(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  sendRtcp(packet: Uint8Array): void {
    if (this.#isConnected && !this.#isClosed) this.#events.send(this.#transport.srtcp.encrypt(Buffer.from(packet)));
  }

  /** Says goodbye, so that the page knows at once. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#isConnected) this.#events.send(closeNotify(weriftDtls(this.#transport)));
    this.#incoming.complete();
    void this.#transport.stop();
  }

  #takeRtcp(bytes: Uint8Array): void {
    let packet: Buffer;
    try {
      packet = this.#transport.srtcp.decrypt(Buffer.from(bytes));
    } catch {
      return; // Not made with the keys of the session: anybody may send anything.
    }
    this.#events.rtcp(packet);
  }

  async #run(signer: Signer): Promise<void> {
    try {
      const started = this.#transport.start();
      // The engine exists as soon as start() returns, before the first handshake message can have been read.
      const dtls = weriftDtls(this.#transport);
      dtls.cipher.localPrivateKey = signer;
      requirePeerKey(dtls);
      await started;
      this.#isConnected = true;
      dtls.dtls.handshakeCache = {};
      if (!this.#isClosed) this.#events.connected(masterKey(dtls));
    } catch (error) {
      this.#end(asGatewayError(error, 'viewer-lost'));
    }
  }

  #end(error: GatewayError): void {
    if (this.#isClosed) return;
    this.close();
    this.#events.closed(error);
  }
}

/** RFC 7983. Browsers that only watch send nothing but SRTCP there. */
function isMedia(bytes: Uint8Array): boolean {
  const first = bytes[0] ?? 0;
  return first >= 128 && first < 192;
}

function masterKey(dtls: WeriftDtls): SrtpMasterKey {
  const profile = dtls.srtp.srtpProfile;
  if (profile === undefined) throw new GatewayError('viewer-lost', 'The viewer offered no SRTP profile that we know.');
  const { localKey, localSalt } = dtls.extractSessionKeys(MASTER_KEY_BYTES, masterSaltBytes(profile));
  return { profile, key: localKey, salt: localSalt };
}
