import { pino } from 'pino';
import {
  type MediaStreamTrack,
  type RTCDtlsTransport,
  RTCPeerConnection,
  type RTCRtpTransceiver,
  type RtpPacket,
  useH264,
  usePCMU,
} from 'werift';
import type { CameraId } from '../../../../shared/ids.ts';
import type { Principal } from '../../../auth/principal.ts';
import { Hub } from '../../../hub/hub.ts';
import type { StreamSink } from '../../../hub/stream.ts';
import { testRight } from '../../../hub/testing/test-right.ts';
import type { TrackInfo } from '../../../media/access-unit.ts';
import { type Clock, systemClock } from '../../../platform/clock.ts';
import type { GatewayError } from '../../../platform/errors.ts';
import type { SendPath } from '../sending/send-path.ts';
import { closeNotify } from '../transport/dtls-alert.ts';
import { weriftDtls } from '../transport/werift-internals.ts';
import { createWebrtcOutput, type WebrtcConfig, type WebrtcOutput } from '../webrtc-output.ts';

export type TestView = Awaited<ReturnType<typeof openView>>;

/** A camera that sends what a test tells it, a hub and the output. Everything except the camera is real. */
export type TestRig = {
  readonly camera: TestCamera;
  readonly hub: Hub;
  readonly webrtc: WebrtcOutput;
  /** One camera with its own connection. */
  open(offer: string, principal?: Partial<Principal>): Promise<TestView>;
  close(): Promise<void>;
};

export const CAMERA = 'yard' as CameraId;
const SPS = Buffer.from('6742c00cd901419f9f011000000300100000030320f142a480', 'hex');
const PPS = Buffer.from('68cb83cb20', 'hex');
export const VIDEO: TrackInfo = { kind: 'video', codec: 'h264', parameterSets: [SPS, PPS] };
export const SOUND: TrackInfo = { kind: 'audio', codec: 'pcmu', sampleRateHz: 8000, channels: 1 };

const FRAME_US = 40_000;

/** Every camera of the rig sends the same numbered slices. They cannot be decoded, but what arrives can be compared with what was sent. */
export class TestCamera {
  frames = 0;
  lastPtsUs = 0;
  readonly #tracks: readonly TrackInfo[];
  readonly #sinks = new Set<StreamSink>();
  #cancel: (() => void) | undefined;

  constructor(tracks: readonly TrackInfo[]) {
    this.#tracks = tracks;
  }

  run(sink: StreamSink, signal: AbortSignal): Promise<void> {
    this.#sinks.add(sink);
    sink.tracks(this.#tracks);
    return new Promise((resolve) =>
      signal.addEventListener('abort', () => {
        this.#sinks.delete(sink);
        resolve();
      }),
    );
  }

  /** Sends one picture now. Its slice begins with its number. */
  frame(keyframe: boolean, bytes = 5000, ptsUs = this.frames * FRAME_US): void {
    const slice = new Uint8Array(bytes).fill(this.frames & 255);
    slice.set([keyframe ? 0x65 : 0x41, 0x88, this.frames >>> 8, this.frames & 255]);
    const payload = keyframe ? [SPS, PPS, slice] : [slice];
    this.frames++;
    this.lastPtsUs = ptsUs;
    const receivedUs = systemClock.nowUs();
    for (const sink of this.#sinks) sink.publish({ track: 0, ptsUs, receivedUs, keyframe, payload });
  }

  sound(ptsUs: number, samples: Uint8Array): void {
    const track = this.#tracks.indexOf(SOUND);
    const receivedUs = systemClock.nowUs();
    for (const sink of this.#sinks) sink.publish({ track, ptsUs, receivedUs, keyframe: true, payload: [samples] });
  }

  /** About twenty-five pictures a second by its own clock, a key frame first and then every `group` pictures. */
  play(group: number, bytes?: number): void {
    const beganUs = systemClock.nowUs() - this.frames * FRAME_US;
    const tick = () => {
      this.frame(this.frames % group === 0, bytes, systemClock.nowUs() - beganUs);
      this.#cancel = systemClock.after(FRAME_US / 1000, tick);
    };
    tick();
  }

  pause(): void {
    this.#cancel?.();
  }
}

export async function startTestRig(
  options: { tracks?: readonly TrackInfo[]; clock?: Clock; sendPath?: SendPath; config?: Partial<WebrtcConfig> } = {},
): Promise<TestRig> {
  const camera = new TestCamera(options.tracks ?? [VIDEO]);
  const catalog = {
    has: () => true,
    hasSubstream: () => true,
    createRunner: () => ({
      run: (sink: StreamSink, signal: AbortSignal) => camera.run(sink, signal),
      retryNow: () => false,
    }),
  };
  const clock = options.clock ?? systemClock;
  const hub = new Hub(catalog, clock, { maxViewers: 1000, lingerMs: 10_000 });
  const config = { host: '127.0.0.1', port: 0, tcp: true, publicAddresses: [], iceServers: [], ...options.config };
  const sendPath = options.sendPath ? { sendPath: options.sendPath } : {};
  const log = pino({ level: 'silent' });
  const webrtc = await createWebrtcOutput({ hub, clock, log, config, ...sendPath });
  const everything: Principal = {
    kind: 'user',
    who: 'ada',
    role: 'viewer',
    right: testRight(),
    cameras: 'all',
    mayListen: true,
    qualityCeiling: 'main',
  };
  return {
    camera,
    hub,
    webrtc,
    open: (offer, principal) => openView(webrtc, offer, { ...everything, ...principal }),
    close: async () => {
      camera.pause();
      await webrtc.close();
      await hub.stop();
    },
  };
}

async function openView(webrtc: WebrtcOutput, offer: string, principal: Principal) {
  let end: (reason: GatewayError) => void = () => {};
  const closed = new Promise<GatewayError>((resolve) => {
    end = resolve;
  });
  const request = { camera: CAMERA, quality: 'main', offer, principal } as const;
  const { connection, line, answer } = await webrtc.connections.openSingle(request, (reason) => end(reason));
  return {
    connection,
    line,
    answer,
    closed,
    id: line.id,
    quality: line.quality,
    get isConnected() {
      return connection.isConnected;
    },
    get transport() {
      return connection.transport;
    },
    get statistics() {
      return line.statistics(connection.roundTripMs);
    },
    close: () => connection.close(),
  };
}

export type ReceivedFrame = {
  readonly number: number;
  readonly keyframe: boolean;
  readonly timestamp: number;
  readonly atMs: number;
};

export type TestBrowserOptions = {
  readonly withSound?: boolean;
  readonly withTcp?: boolean;
  /** The browser's address. The default is loopback. */
  readonly address?: string;
  /** Reach the gateway only through this TURN server, over TCP. */
  readonly turn?: { readonly urls: string; readonly username: string; readonly credential: string };
};

/** werift as a browser: it makes an offer, connects and receives. */
export class TestBrowser {
  readonly pc: RTCPeerConnection;
  readonly packets: RtpPacket[] = [];
  readonly sound: RtpPacket[] = [];
  readonly #video: RTCRtpTransceiver;

  constructor(options: TestBrowserOptions = {}) {
    const address = options.address ?? '127.0.0.1';
    this.pc = new RTCPeerConnection({
      codecs: { video: [useH264()], audio: [usePCMU()] },
      iceUseIpv6: false,
      iceInterfaceAddresses: { udp4: address },
      iceAdditionalHostAddresses: [address],
      ...(options.withTcp ? { iceUseTcp: true } : {}),
      ...(options.turn ? { iceServers: [options.turn], iceTransportPolicy: 'relay', turnTransport: 'tcp' } : {}),
    });
    this.#video = this.#receive('video', this.packets);
    if (options.withSound) this.#receive('audio', this.sound);
    // werift asks a public STUN server unless it is told not to.
    for (const { connection } of this.pc.iceTransports) (connection as { stunServer?: unknown }).stunServer = undefined;
  }

  async offer(): Promise<string> {
    await this.pc.setLocalDescription(await this.pc.createOffer());
    return this.pc.localDescription?.sdp ?? '';
  }

  async accept(answer: string): Promise<void> {
    await this.pc.setRemoteDescription({ type: 'answer', sdp: answer });
  }

  /** Asks for a key frame. */
  requestKeyframe(): Promise<void> {
    return this.#video.receiver.sendRtcpPLI(this.packets[0]?.header.ssrc ?? 0);
  }

  /** The complete pictures, of which every packet came, in order of arrival. */
  get frames(): ReceivedFrame[] {
    return readFrames(this.packets);
  }

  async close(): Promise<void> {
    await this.pc.close();
  }

  /** What a browser sends when its page closes. */
  async sayGoodbye(): Promise<void> {
    const transport = this.pc.dtlsTransports[0] as RTCDtlsTransport;
    await transport.iceTransport.connection.send(Buffer.from(closeNotify(weriftDtls(transport))));
  }

  #receive(kind: 'video' | 'audio', into: RtpPacket[]): RTCRtpTransceiver {
    const transceiver = this.pc.addTransceiver(kind, { direction: 'recvonly' });
    transceiver.onTrack.subscribe((track: MediaStreamTrack) => {
      track.onReceiveRtp.subscribe((packet) => {
        into.push(Object.assign(packet, { atMs: performance.now() }));
      });
    });
    return transceiver;
  }
}

/** A whole slice, or the fragments of one. A lost packet loses its picture. */
function readFrames(packets: readonly RtpPacket[]): ReceivedFrame[] {
  const frames: ReceivedFrame[] = [];
  let head: Buffer | undefined;
  let expected = -1;
  for (const packet of packets) {
    const { payload, header } = packet;
    const type = (payload[0] as number) & 31;
    const isWhole = type === 1 || type === 5;
    const starts = type === 28 && ((payload[1] as number) & 0x80) !== 0;
    if (starts || isWhole) head = payload;
    else if (type !== 28 || header.sequenceNumber !== expected) head = undefined;
    expected = (header.sequenceNumber + 1) & 0xffff;
    if (!head || !header.marker) continue;
    const at = isWhole ? 2 : 3;
    const keyframe = ((isWhole ? head[0] : head[1]) as number) % 32 === 5;
    frames.push({
      number: head.readUInt16BE(at),
      keyframe,
      timestamp: header.timestamp,
      atMs: (packet as RtpPacket & { atMs: number }).atMs,
    });
    head = undefined;
  }
  return frames;
}

export async function until(isTrue: () => boolean, what: string, withinMs = 5000): Promise<void> {
  for (const endsAt = Date.now() + withinMs; !isTrue(); ) {
    if (Date.now() > endsAt) throw new Error(`Waited ${withinMs} ms in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
