import { randomBytes } from 'node:crypto';
import type { Quality } from '../../../shared/camera.ts';
import type { CameraId } from '../../../shared/ids.ts';
import { allowedQuality, type Principal, viewerRights } from '../../auth/principal.ts';
import { awaitCamera } from '../../hub/camera-wait.ts';
import type { Watch } from '../../hub/hub.ts';
import type { Subscription } from '../../hub/subscription.ts';
import type { TrackInfo } from '../../media/access-unit.ts';
import { parseRtcpPackets, serializeBye } from '../../media/rtp/rtcp-packet.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { TrackPosition } from '../../protocols/rtsp/track-framer.ts';
import type { PortPair } from '../../protocols/rtsp/transport-header.ts';
import type { MulticastGroups } from './multicast-groups.ts';
import type { ReaderHost, StreamTarget } from './reader-host.ts';
import type { StreamPackets } from './stream-packets.ts';
import type { TrackTransport } from './track-transport.ts';
import type { UdpPorts } from './udp-ports.ts';
import { UnitSender } from './unit-sender.ts';

/** The session timeout that readers are told (RFC 2326 clause 12.37). Over UDP nothing else shows that a reader is gone. */
const TIMEOUT_S = { udp: 10, tcp: 60 } as const;
/** Extra time for a reader whose sign of life comes at the last moment. */
const GRACE_US = 2_000_000;
/** A reader that accepts no data for this long counts as gone, even if its TCP connection is open. */
const STUCK_US = 10_000_000;

/** How long to wait for parameter sets for the SDP. If the camera sends none in time, its key frames bring them. */
const PARAMETER_SETS_WAIT_MS = 3000;

/** One RTSP session, in which one reader watches one stream from DESCRIBE to TEARDOWN. */
export class ReaderSession {
  readonly id = randomBytes(12).toString('hex');
  /** The stream's address as the client writes it. */
  readonly base: string;
  readonly camera: CameraId;
  readonly quality: Quality;
  readonly principal: Principal;
  readonly #host: ReaderHost;
  readonly #watch: Watch;
  readonly #onEnd: (reason: GatewayError | undefined) => void;
  readonly #transports = new Map<number, TrackTransport>();
  readonly #cleanups: (() => void)[] = [];
  #packets: StreamPackets | undefined;
  #subscription: Subscription | undefined;
  #heardUs: number;
  /** The time since which its carrier accepts no more data. */
  #fullSinceUs: number | undefined;
  /** How many requests wait for the camera. */
  #owed = 0;
  #lossPercent: number | undefined;
  #skippedBefore = 0;
  readonly #abort = new AbortController();

  /** Throws the errors of `Hub.watch`. */
  constructor(
    host: ReaderHost,
    target: StreamTarget & { readonly base: string },
    principal: Principal,
    address: string,
    onEnd: (reason: GatewayError | undefined) => void,
  ) {
    this.#host = host;
    this.base = target.base;
    this.camera = target.camera;
    this.quality = allowedQuality(principal, target.quality);
    this.principal = principal;
    this.#onEnd = onEnd;
    this.#heardUs = host.clock.nowUs();
    this.#watch = host.hub.watch(this.camera, this.quality, {
      kind: 'rtsp',
      ...viewerRights(principal),
      address,
      statistics: () => this.#statistics(),
      aliveUntilUs: (nowUs) => this.#aliveUntilUs(nowUs),
      end: (reason) => this.end(reason),
    });
  }

  get isPlaying(): boolean {
    return this.#subscription !== undefined;
  }

  /** UDP needs no connection, and RFC 2326 allows a session to be controlled over another connection. */
  get outlivesConnection(): boolean {
    return this.#transports.size > 0 && [...this.#transports.values()].every((transport) => !transport.isReliable);
  }

  /** The reader is told to give a sign of life within this many seconds. Its reports count as signs of life. */
  get timeoutS(): number {
    return this.outlivesConnection ? TIMEOUT_S.udp : TIMEOUT_S.tcp;
  }

  /** Calls back when the session ends. */
  onEnd(cleanup: () => void): void {
    this.#cleanups.push(cleanup);
  }

  /** The numbers of the tracks that were set up. */
  get tracks(): readonly number[] {
    return [...this.#transports.keys()].sort((a, b) => a - b);
  }

  /** The tracks of the stream. Waits for a camera that is starting, and rejects with the reason when it does not come. */
  async describe(): Promise<readonly (readonly [number, TrackInfo])[]> {
    const tracks = await this.#owing(() => this.#tracks());
    this.#packets = this.#host.packetsOf(this.#watch.stream, tracks);
    return tracks.flatMap((track, number) =>
      track.kind === 'video' || this.principal.mayListen ? [[number, track] as const] : [],
    );
  }

  async #tracks(): Promise<readonly TrackInfo[]> {
    const { stream } = this.#watch;
    const wait = { clock: this.#host.clock, signal: this.#abort.signal };
    await awaitCamera(stream, { ...wait, look: () => stream.tracks.length > 0 || undefined });
    return awaitCamera(stream, {
      ...wait,
      look: () => (stream.tracks.every(isComplete) ? stream.tracks : undefined),
      shorter: { limitMs: PARAMETER_SETS_WAIT_MS, instead: () => stream.tracks },
    });
  }

  /** Waits until there is something to play, so that what `play` announces is known. */
  async whenPlayable(): Promise<void> {
    const { stream } = this.#watch;
    const look = (): true | undefined => stream.state.phase === 'live' || stream.state.phase === 'stalled' || undefined;
    await this.#owing(() => awaitCamera(stream, { clock: this.#host.clock, signal: this.#abort.signal, look }));
  }

  /** While a request waits for our answer, the reader need not give signs of life. */
  async #owing<Value>(work: () => Promise<Value>): Promise<Value> {
    this.#owed++;
    try {
      return await work();
    } finally {
      this.#owed--;
      this.heard();
    }
  }

  /** Joins the multicast group of this stream. `describe` must have been called before. */
  joinGroup(groups: MulticastGroups, track: number, udp: UdpPorts): { readonly ports: PortPair } {
    if (!this.#packets) throw new GatewayError('internal', 'A session joins a group before it knows its tracks.');
    const transport = groups.join(this.#watch.stream, this.#packets, track, udp);
    this.setUp(track, transport);
    return transport;
  }

  /** Undefined when there is no such track. `describe` must have been called before. */
  ssrcOf(track: number): number | undefined {
    const framer = this.#packets?.framers[track];
    return framer && (framer.track.kind === 'video' || this.principal.mayListen) ? framer.ssrc : undefined;
  }

  setUp(track: number, transport: TrackTransport): void {
    this.#transports.get(track)?.close();
    this.#transports.set(track, transport);
  }

  /**
   * Begins with the cached key frame, and later units follow as they come. Before anything is sent, `announce` is called with the
   * beginning of every track, for RTP-Info.
   */
  play(announce: (positions: readonly (TrackPosition & { readonly track: number })[]) => void): void {
    const packets = this.#packets;
    if (this.#abort.signal.aborted || !packets) return;
    this.pause();
    const transports = packets.framers.map((_, track) => this.#transports.get(track));
    const sender = new UnitSender(packets, transports);
    this.#subscription = this.#watch.subscribe({
      tracks: (tracks) => this.#adopt(tracks),
      missed: (units) => {
        sender.begin(units);
        announce(
          this.tracks.flatMap((track) => {
            const position = sender.position(track);
            return position ? [{ track, ...position }] : [];
          }),
        );
        sender.sendReports();
        for (const transport of this.#transports.values()) transport.start?.();
      },
      unit: (unit) => sender.send(unit) || this.#hold(),
      ended: (error) => this.end(error),
    });
  }

  pause(): void {
    this.#skippedBefore += this.#subscription?.skippedFrames ?? 0;
    this.#subscription?.close();
    this.#subscription = undefined;
    this.#fullSinceUs = undefined;
  }

  /** Must be called when the carrier accepts data again. */
  resume(): void {
    this.#fullSinceUs = undefined;
    this.#subscription?.resume();
  }

  /** Must be called when the reader gave a sign of life. */
  heard(rtcp?: Uint8Array): void {
    this.#heardUs = this.#host.clock.nowUs();
    if (!rtcp) return;
    for (const packet of parseRtcpPackets(rtcp)) {
      if (packet.kind !== 'receiver-report') continue;
      for (const { ssrc, fractionLost } of packet.reports)
        if (ssrc === this.ssrcOf(0)) this.#lossPercent = (fractionLost * 100) / 256;
    }
  }

  /** Ends the session; may be called more than once. With a reason, the reader is told in the way that its transport offers. */
  end(reason?: GatewayError): void {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    this.pause();
    for (const [track, transport] of this.#transports) {
      const ssrc = this.ssrcOf(track);
      if (reason && ssrc !== undefined) transport.rtcp(serializeBye(ssrc));
      transport.close();
    }
    for (const cleanup of this.#cleanups) cleanup();
    this.#watch.close();
    this.#onEnd(reason);
  }

  #hold(): false {
    this.#fullSinceUs ??= this.#host.clock.nowUs();
    return false;
  }

  #adopt(tracks: readonly TrackInfo[]): void {
    if (this.#packets?.fits(tracks)) return;
    this.end(new GatewayError('camera-closed', 'The camera changed its codecs; connect again to see it.'));
  }

  /** A reader that plays over TCP counts as alive as long as it accepts data. All others have to give signs of life. */
  #aliveUntilUs(nowUs: number): number {
    if (this.#playsOverTcp()) return (this.#fullSinceUs ?? nowUs) + STUCK_US;
    return (this.#owed > 0 ? nowUs : this.#heardUs) + this.timeoutS * 1_000_000 + GRACE_US;
  }

  #playsOverTcp(): boolean {
    return this.isPlaying && [...this.#transports.values()].every((transport) => transport.isReliable);
  }

  #statistics() {
    const skippedFrames = this.#skippedBefore + (this.#subscription?.skippedFrames ?? 0);
    return { skippedFrames, ...(this.#lossPercent === undefined ? {} : { lossPercent: this.#lossPercent }) };
  }
}

function isComplete(track: TrackInfo): boolean {
  return track.kind === 'audio' || track.parameterSets.length > 0;
}
