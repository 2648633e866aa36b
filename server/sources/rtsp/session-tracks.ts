import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AccessUnit, TrackInfo } from '../../media/access-unit.ts';
import { LipSync } from '../../media/audio/lip-sync.ts';
import { RtpReceiver } from '../../media/rtp/rtp-receiver.ts';
import type { RtpTraffic } from '../../media/rtp/rtp-statistics.ts';
import type { Clock } from '../../platform/clock.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';
import type { AgreedTransport } from '../../protocols/rtsp/client-transport.ts';
import type { OfferedTrack } from '../../protocols/rtsp/offered-tracks.ts';
import type { MediaPath } from './media-path.ts';
import { joinGroup } from './multicast-media.ts';
import { UdpMedia } from './udp-media.ts';

export type SessionTracksOptions = {
  readonly clock: Clock;
  readonly ssrc: number;
  readonly carrier: Duplex;
  publish(unit: AccessUnit): void;
  /** What the camera sends can never become a picture. */
  failed(error: GatewayError): void;
  sendOnCarrier(channel: number, bytes: Uint8Array): void;
};

type Track = { readonly receiver: RtpReceiver; path: MediaPath };
type Addresses = { readonly peer: string; readonly local: string };

/** The tracks of one session, whatever way their packets come. */
export class SessionTracks {
  readonly #options: SessionTracksOptions;
  readonly #tracks: Track[] = [];
  readonly #byChannel = new Map<number, { readonly track: Track; readonly isRtcp: boolean }>();
  readonly #startedUs: number;
  #waiting: UdpMedia | undefined;
  #closed = false;
  #lipSync: LipSync | undefined;
  #foreignChannels = 0;

  constructor(options: SessionTracksOptions) {
    this.#options = options;
    this.#startedUs = options.clock.nowUs();
  }

  get infos(): readonly TrackInfo[] {
    return this.#tracks.map(({ receiver }) => receiver.options.info);
  }

  get channels(): Iterable<number> {
    return this.#byChannel.keys();
  }

  /** RTP packets of all tracks so far. */
  get packets(): number {
    return this.#tracks.reduce((sum, { receiver }) => sum + receiver.packets, 0);
  }

  /** Of all tracks together. */
  get traffic(): RtpTraffic {
    const sum = { expected: 0, received: 0 };
    for (const { receiver } of this.#tracks) {
      sum.expected += receiver.traffic.expected;
      sum.received += receiver.traffic.received;
    }
    return sum;
  }

  get counts(): readonly object[] {
    const tracks = this.#tracks.map(({ receiver: { packets, foreignPackets, counts } }) => ({
      packets,
      foreignPackets,
      ...counts,
    }));
    return this.#foreignChannels > 0 ? [...tracks, { foreignChannels: this.#foreignChannels }] : tracks;
  }

  /** UDP ports for the track that is set up next; the same ones when its SETUP has to be repeated. */
  async bind(): Promise<readonly [rtp: number, rtcp: number]> {
    const index = this.#tracks.length;
    this.#waiting ??= await UdpMedia.bind(this.#addresses().peer, (bytes, isRtcp) => {
      const track = this.#tracks[index];
      if (track) this.#receive(track, bytes, isRtcp);
    });
    if (this.#closed) this.#waiting.close();
    return this.#waiting.ports;
  }

  add(offered: OfferedTrack, agreed: AgreedTransport): void {
    const track = this.#push(offered, agreed);
    if (agreed.channels) this.#addChannels(track, agreed.channels);
    else if (this.#waiting) {
      this.#waiting.agree(this.#addresses().peer, agreed, this.#options.ssrc);
      track.path = this.#waiting;
      this.#waiting = undefined;
    }
  }

  /** The same for a track that is multicast. */
  async join(offered: OfferedTrack, agreed: AgreedTransport): Promise<void> {
    const track = this.#push(offered, agreed);
    const path = await this.#join(track, offered, agreed);
    if (this.#closed) path.close();
    else track.path = path;
  }

  receiveInterleaved(channel: number, bytes: Uint8Array): void {
    const found = this.#byChannel.get(channel);
    if (found) this.#receive(found.track, bytes, found.isRtcp);
    else this.#foreignChannels++;
  }

  /** To be called every 5 s: some cameras stop without. */
  sendReports(): void {
    const nowUs = this.#options.clock.nowUs();
    for (const { receiver, path } of this.#tracks) path.sendRtcp(receiver.report(nowUs));
  }

  close(): void {
    this.#closed = true;
    this.#waiting?.close();
    for (const { path } of this.#tracks) path.close();
  }

  #receive(track: Track, bytes: Uint8Array, isRtcp: boolean): void {
    try {
      this.#deliver(track, bytes, isRtcp);
    } catch (error) {
      this.#options.failed(asGatewayError(error));
    }
  }

  #deliver(track: Track, bytes: Uint8Array, isRtcp: boolean): void {
    const nowUs = this.#options.clock.nowUs();
    if (!isRtcp) {
      track.receiver.pushRtp(bytes, nowUs, this.#options.publish);
      return;
    }
    const report = track.receiver.pushRtcp(bytes, nowUs);
    if (report) this.#lipSync?.report(track.receiver, report);
  }

  #push(offered: OfferedTrack, agreed: AgreedTransport): Track {
    const added: Track = { receiver: this.#createReceiver(offered, agreed), path: NO_PATH };
    this.#tracks.push(added);
    const [video, audio] = this.#tracks;
    if (video && audio) this.#lipSync = new LipSync(video.receiver, audio.receiver);
    return added;
  }

  #createReceiver(offered: OfferedTrack, agreed: AgreedTransport): RtpReceiver {
    return new RtpReceiver({
      track: this.#tracks.length,
      info: offered.info,
      format: offered.format,
      payloadType: offered.payloadType,
      clockRateHz: offered.clockRateHz,
      startedUs: this.#startedUs,
      mayReorder: agreed.lower === 'udp',
      ssrc: this.#options.ssrc,
      ...(agreed.ssrc === undefined ? {} : { announcedSsrc: agreed.ssrc }),
    });
  }

  #addChannels(track: Track, [rtp, rtcp]: readonly [number, number]): void {
    this.#byChannel.set(rtp, { track, isRtcp: false });
    if (rtcp !== rtp) this.#byChannel.set(rtcp, { track, isRtcp: true });
    track.path = { sendRtcp: (bytes) => this.#options.sendOnCarrier(rtcp, bytes), close: () => {} };
  }

  #join(track: Track, offered: OfferedTrack, agreed: AgreedTransport): Promise<MediaPath> {
    const address = agreed.destination ?? offered.group?.address;
    const firstPort = offered.group?.port;
    const ports = agreed.groupPorts ?? (firstPort === undefined ? undefined : ([firstPort, firstPort + 1] as const));
    if (!address || !ports) throw new GatewayError('bad-data', 'The camera does not say where it multicasts to.');
    const addresses = this.#addresses();
    const sources = new Set([addresses.peer, agreed.source ?? addresses.peer]);
    return joinGroup({ address, ports, sources, ...addresses }, (bytes, isRtcp) => this.#receive(track, bytes, isRtcp));
  }

  /** Media outside of the connection needs to know where the camera is; behind a tunnel nobody does. */
  #addresses(): Addresses {
    const { carrier } = this.#options;
    if (carrier instanceof Socket && carrier.remoteAddress && carrier.localAddress)
      return { peer: carrier.remoteAddress, local: carrier.localAddress };
    throw new GatewayError(
      'not-supported',
      'This camera stands behind a tunnel, which carries TCP only. Set transport to tcp.',
    );
  }
}

const NO_PATH: MediaPath = { sendRtcp: () => {}, close: () => {} };
