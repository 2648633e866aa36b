import { createPrivateKey, sign } from 'node:crypto';
import { DtlsServer, type RTCCertificate, RTCDtlsTransport } from 'werift';
import { GatewayError } from '../../../platform/errors.ts';
import type { SrtpProfile } from '../../../protocols/srtp/srtp-profile.ts';

/**
 * What we use of werift 0.24.4 beyond its public types. Everything is an instance property and nothing is patched.
 * `checkWerift` reports at the start if another version lacks one of them.
 */
export type HandshakeMessage = {
  readonly msg_type: number;
  readonly message_seq: number;
  readonly fragment: Buffer;
  serialize(): Buffer;
};

export type WeriftDtls = {
  onHandleHandshakes(messages: HandshakeMessage[]): Promise<void>;
  readonly dtls: {
    readonly flight: number;
    readonly sortedHandshakeCache: readonly HandshakeMessage[];
    handshakeCache: object;
  };
  readonly cipher: {
    readonly masterSecret?: Buffer;
    readonly remoteCertificate?: Buffer;
    /** The key that signs ServerKeyExchange. */
    localPrivateKey: Signer;
    /** Throws for a record that was not made with the session's keys. */
    decryptPacket(record: DtlsRecord): Buffer;
    /** Replaces the record's fragment by the protected one and returns the record. */
    encryptPacket(record: DtlsRecord): DtlsRecord;
  };
  readonly srtp: { readonly srtpProfile?: SrtpProfile };
  extractSessionKeys(keyBytes: number, saltBytes: number): { localKey: Buffer; localSalt: Buffer };
};

export type Signer = { sign(data: Buffer, hash: string): Buffer };

export type DtlsRecord = {
  readonly recordLayerHeader: {
    readonly contentType: number;
    readonly protocolVersion: { readonly major: number; readonly minor: number };
    readonly epoch: number;
    readonly sequenceNumber: number;
  };
  readonly fragment: Buffer;
};

export function weriftDtls(transport: RTCDtlsTransport): WeriftDtls {
  return transport.dtls as unknown as WeriftDtls;
}

let certificate: Promise<RTCCertificate> | undefined;

/** One certificate for the life of the process: viewers of one gateway need not be kept apart. */
export function gatewayCertificate(): Promise<RTCCertificate> {
  certificate ??= RTCDtlsTransport.SetupCertificate();
  return certificate;
}

/** Signs as werift would, without reading the key anew for every viewer: a millisecond of each handshake. */
export function signerOf({ privateKey }: RTCCertificate): Signer {
  const key = createPrivateKey(privateKey);
  return { sign: (data, hash) => sign(hash, data, key) };
}

/** Throws when the installed werift is not the one this code was written for. */
export function checkWerift(own: RTCCertificate): void {
  const server = new DtlsServer({
    cert: own.certPem,
    key: own.privateKey,
    signatureHash: own.signatureHash,
    transport: {
      send: async () => {},
      close: async () => {},
      type: 'self-check',
      address: {},
      closed: false,
      onData: () => {},
    } as never,
  }) as unknown as WeriftDtls & Record<string, unknown>;
  const expected: Record<string, unknown> = {
    onHandleHandshakes: server.onHandleHandshakes,
    extractSessionKeys: server.extractSessionKeys,
    sortedHandshakeCache: server.dtls?.sortedHandshakeCache,
    flight: server.dtls?.flight,
    handshakeCache: server.dtls?.handshakeCache,
    localPrivateKey: server.cipher?.localPrivateKey,
    decryptPacket: server.cipher?.decryptPacket,
    encryptPacket: server.cipher?.encryptPacket,
    srtp: server.srtp,
  };
  const missing = Object.keys(expected).filter((name) => expected[name] === undefined);
  if (missing.length > 0)
    throw new GatewayError(
      'internal',
      `This version of werift lacks ${missing.join(', ')}. Install the pinned version.`,
    );
}
