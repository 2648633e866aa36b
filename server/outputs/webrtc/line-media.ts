import { randomInt } from 'node:crypto';
import type { ViewerStatistics } from '../../hub/viewer.ts';
import type { ReplayPace } from '../../media/catch-up/replay-pace.ts';
import type { RtcpPacket } from '../../media/rtp/rtcp-packet.ts';
import type { Clock } from '../../platform/clock.ts';
import type { PacketMemory } from '../../protocols/srtp/packet-run.ts';
import type { CodecChoice } from './negotiation/codec-choice.ts';
import type { AnsweredMedia } from './negotiation/sdp-answer.ts';
import { type AudioPacket, AudioSender } from './sending/audio-sender.ts';
import { headerTemplate } from './sending/header-template.ts';
import type { PacketizedUnit } from './sending/payload-history.ts';
import { ReceiverMeter } from './sending/receiver-meter.ts';
import { Retransmission } from './sending/retransmission.ts';
import { type MediaChannel, RtpSender } from './sending/rtp-sender.ts';
import { SendClock } from './sending/send-clock.ts';
import { ntpMiddle, senderReport } from './sending/sender-report.ts';
import type { StreamFeed } from './sending/stream-feed.ts';
import { VideoSender } from './sending/video-sender.ts';

export type LineMediaParts = {
  readonly feed: StreamFeed;
  readonly video: AnsweredMedia | undefined;
  readonly audio: AnsweredMedia | undefined;
  readonly scratch: PacketMemory;
  readonly clock: Clock;
};

/** RFC 3711 clause 9.2: starting in the lower half avoids an early wrap and so any doubt about the rollover counter. */
const FIRST_SEQUENCE_NUMBERS = 0x8000;

/** The media of one line. It takes the packets of the feed that all viewers of a stream share and sends them to its own viewer. */
export class LineMedia {
  readonly #parts: LineMediaParts;
  readonly #meter = new ReceiverMeter();
  #senders: RtpSender[] = [];
  #video: VideoSender | undefined;
  #audio: AudioSender | undefined;
  #retransmission: Retransmission | undefined;

  constructor(parts: LineMediaParts) {
    this.#parts = parts;
  }

  get hasSound(): boolean {
    return this.#parts.audio !== undefined;
  }

  /** Must be called when the connection is established. `pace` limits everything that is replayed over it. */
  start(channel: MediaChannel, pace: ReplayPace): void {
    const { feed, video, audio, clock } = this.#parts;
    const sendClock = new SendClock(feed.timeline);
    if (audio) {
      const { codec } = chosen(audio);
      const sender = this.#sender(channel, audio, codec.payloadType, audio.ssrc);
      this.#audio = new AudioSender(sender, sendClock, codec.clockRate);
    }
    const { history } = feed;
    if (!video || !history) return;
    const { codec, rtxPayloadType } = chosen(video);
    const sender = this.#sender(channel, video, codec.payloadType, video.ssrc);
    const rtx = rtxPayloadType === undefined ? undefined : this.#sender(channel, video, rtxPayloadType, video.rtxSsrc);
    const retransmission = new Retransmission(history, sender, rtx, this.#parts.scratch);
    this.#retransmission = retransmission;
    this.#video = new VideoSender({
      history,
      sender,
      retransmission,
      sendClock,
      pace,
      clock,
      silenceLimitMs: () => feed.silenceLimitMs,
    });
    this.#video.start();
  }

  video(unit: PacketizedUnit): void {
    this.#video?.take(unit);
  }

  audio(packet: AudioPacket): void {
    this.#audio?.take(packet);
  }

  takeRtcp(packets: readonly RtcpPacket[]): void {
    const { video, audio, clock } = this.#parts;
    for (const packet of packets) {
      if (packet.kind === 'nack' && packet.ssrc === video?.ssrc) this.#video?.takeNack(packet.lost);
      else if (packet.kind === 'picture-loss' && packet.ssrc === video?.ssrc) this.#video?.requestKeyframe();
      else if (packet.kind === 'receiver-report') {
        const report = packet.reports.find(({ ssrc }) => ssrc === (video ?? audio)?.ssrc);
        if (report) this.#meter.takeReport(report, ntpMiddle(clock.wallMs()));
        if (report && report.ssrc === video?.ssrc) this.#video?.takeReport(report.highestSequence);
      }
    }
  }

  /** Sends reports for everything that is being sent. Must be called about once a second. */
  reports(): Uint8Array[] {
    const { clock } = this.#parts;
    const nowUs = clock.nowUs();
    this.#meter.measure(this.#sentOctets(), nowUs / 1000);
    return [this.#video, this.#audio].flatMap((source) =>
      source && source.sender.packets > 0
        ? [senderReport(source.sender, clock.wallMs(), source.timestampNow(nowUs))]
        : [],
    );
  }

  /** `roundTripMs` by ICE, until the first report of the receiver. */
  statistics(roundTripMs: number | undefined): ViewerStatistics {
    const { bitrateKbps, lossPercent } = this.#meter;
    const roundTrip = this.#meter.roundTripMs ?? roundTripMs;
    const ageUs = this.#video?.pictureAgeUs;
    return {
      ...(bitrateKbps === undefined ? {} : { bitrateKbps }),
      ...(lossPercent === undefined ? {} : { lossPercent }),
      ...(roundTrip === undefined ? {} : { roundTripMs: Math.round(roundTrip * 10) / 10 }),
      ...(this.#video ? { skippedFrames: this.#video.skippedFrames } : {}),
      ...(ageUs === undefined ? {} : { pictureAgeMs: Math.round(ageUs / 100) / 10 }),
    };
  }

  get retransmittedPackets(): number {
    return this.#retransmission?.packets ?? 0;
  }

  get sentPackets(): number {
    let packets = 0;
    for (const sender of this.#senders) packets += sender.packets;
    return packets;
  }

  /** Ends the media. Nothing is sent afterwards. */
  close(): void {
    this.#video?.close();
    this.#video = undefined;
    this.#audio = undefined;
  }

  #sender(channel: MediaChannel, media: AnsweredMedia, payloadType: number, ssrc: number): RtpSender {
    const template = headerTemplate(media, payloadType, ssrc);
    const sender = new RtpSender(channel, template, ssrc, randomInt(FIRST_SEQUENCE_NUMBERS));
    this.#senders.push(sender);
    return sender;
  }

  #sentOctets(): number {
    let octets = 0;
    for (const sender of this.#senders) octets += sender.octets;
    return octets;
  }
}

/** The agreed codecs, which must be known by now. */
function chosen({ choices }: AnsweredMedia): CodecChoice {
  return choices[0] as CodecChoice;
}
