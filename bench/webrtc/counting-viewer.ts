import { createPrivateKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import { Event, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport, type RTCIceTransport } from 'werift';
import { closeNotify } from '../../server/outputs/webrtc/transport/dtls-alert.ts';
import { weriftDtls } from '../../server/outputs/webrtc/transport/werift-internals.ts';
import {
  parseStunMessage,
  STUN_ATTRIBUTE,
  STUN_TYPE,
  type StunMessage,
  serializeStunMessage,
} from '../../server/protocols/stun/stun-message.ts';
import { PolledSocket } from './polled-socket.ts';

const CHECK_EVERY_MS = 2000;
/** In Chromium's order. Both are accepted. */
const PROFILES = [7, 1] as const;

/** Cached here, because werift parses the key of its one certificate anew for every signature. */
let key: KeyObject | undefined;

/** A viewer that does ICE and DTLS completely but only counts the media, so that hundreds can run beside the gateway. */
export class CountingViewer {
  packets = 0;
  bytes = 0;
  /** How many sequence numbers never came. Retransmissions are not counted. */
  lost = 0;
  isConnected = false;
  /** The time from the request to the last packet of the first picture. */
  firstPictureMs: number | undefined;
  readonly #startedMs = performance.now();
  readonly #socket: PolledSocket;
  readonly #ufrag = randomBytes(6).toString('hex');
  readonly #password = randomBytes(16).toString('hex');
  readonly #incoming = new Event<[Buffer]>();
  readonly #lastSequence = new Map<number, number>();
  #remote = { ufrag: '', password: '' };
  #dtls: RTCDtlsTransport | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    this.#socket = new PolledSocket((packet) => this.#take(packet));
  }

  async connect(url: string): Promise<void> {
    const certificate = await RTCDtlsTransport.SetupCertificate();
    const response = await fetch(url, {
      method: 'POST',
      body: this.#offer(certificate.getFingerprints()[0]?.value ?? ''),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${answer}`);
    const value = (name: string) => new RegExp(`^a=${name}:(.*?)\\r?$`, 'm').exec(answer)?.[1] ?? '';
    this.#remote = { ufrag: value('ice-ufrag'), password: value('ice-pwd') };
    const port = /^a=candidate:\S+ 1 udp \d+ 127\.0\.0\.1 (\d+)/im.exec(answer)?.[1];
    this.#socket.connect('127.0.0.1', Number(port));
    const role = value('setup') === 'active' ? 'server' : 'client';
    const connection = {
      onData: this.#incoming,
      send: async (bytes: Buffer) => this.#socket.send(bytes),
      close: async () => {},
    };
    const ice = { connection, role: 'controlling', stop: async () => {} } as unknown as RTCIceTransport;
    this.#dtls = new RTCDtlsTransport({}, ice, certificate, [...PROFILES]);
    const [algorithm = '', fingerprint = ''] = value('fingerprint').split(' ');
    this.#dtls.setRemoteParams(
      new RTCDtlsParameters([new RTCDtlsFingerprint(algorithm, fingerprint)], role === 'client' ? 'server' : 'client'),
    );
    this.#dtls.role = role;
    this.#check();
    this.#timer = setInterval(() => this.#check(), CHECK_EVERY_MS);
    const started = this.#dtls.start();
    key ??= createPrivateKey(certificate.privateKey);
    Object.assign(weriftDtls(this.#dtls).cipher, {
      signatureData: (data: Buffer, hash: string) => sign(hash, data, key as KeyObject),
    });
    await started;
    this.isConnected = true;
  }

  /** What a browser sends when its page closes. */
  goodbye(): void {
    if (this.#dtls) this.#socket.send(closeNotify(weriftDtls(this.#dtls)));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#incoming.complete();
    this.#socket.close();
  }

  #take(packet: Buffer): void {
    const first = packet[0] as number;
    if (first >= 128 && first < 192) this.#count(packet);
    else if (first < 4) this.#takeStun(packet);
    else this.#incoming.execute(Buffer.from(packet));
  }

  #count(packet: Buffer): void {
    const type = packet[1] as number;
    if (type >= 192 && type < 224) return;
    this.packets++;
    this.bytes += packet.length;
    if (type >= 128) this.firstPictureMs ??= performance.now() - this.#startedMs;
    const ssrc = packet.readUInt32BE(8);
    const sequence = packet.readUInt16BE(2);
    const last = this.#lastSequence.get(ssrc);
    const gap = last === undefined ? 1 : (sequence - last) & 0xffff;
    if (gap > 1 && gap < 1000) this.lost += gap - 1;
    this.#lastSequence.set(ssrc, sequence);
  }

  #takeStun(packet: Buffer): void {
    const request = parseStunMessage(packet);
    if (request.type !== STUN_TYPE.bindingRequest) return;
    const response: StunMessage = {
      type: STUN_TYPE.bindingSuccess,
      transactionId: request.transactionId,
      attributes: [],
    };
    this.#socket.send(serializeStunMessage(response, this.#password));
  }

  #check(): void {
    const attributes = [
      { type: STUN_ATTRIBUTE.username, value: Buffer.from(`${this.#remote.ufrag}:${this.#ufrag}`) },
      { type: STUN_ATTRIBUTE.priority, value: Uint8Array.of(110, 255, 255, 255) },
      { type: STUN_ATTRIBUTE.iceControlling, value: Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255) },
      { type: STUN_ATTRIBUTE.useCandidate, value: new Uint8Array(0) },
    ];
    const request = { type: STUN_TYPE.bindingRequest, transactionId: randomBytes(12), attributes };
    this.#socket.send(serializeStunMessage(request, this.#remote.password));
  }

  #offer(fingerprint: string): string {
    const address = `a=candidate:1 1 udp 2122260223 127.0.0.1 ${this.#socket.port} typ host`;
    return `${[
      ...['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0'],
      ...['m=video 9 UDP/TLS/RTP/SAVPF 102 103', 'c=IN IP4 0.0.0.0', 'a=mid:0', 'a=recvonly', 'a=rtcp-mux'],
      ...[
        `a=ice-ufrag:${this.#ufrag}`,
        `a=ice-pwd:${this.#password}`,
        `a=fingerprint:sha-256 ${fingerprint}`,
        'a=setup:actpass',
      ],
      ...[
        address,
        'a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid',
        'a=rtpmap:102 H264/90000',
        'a=rtcp-fb:102 nack',
        'a=rtcp-fb:102 nack pli',
      ],
      ...[
        'a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
        'a=rtpmap:103 rtx/90000',
        'a=fmtp:103 apt=102',
      ],
    ].join('\r\n')}\r\n`;
  }
}
