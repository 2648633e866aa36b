import type { AccessUnit } from '../../media/access-unit.ts';
import type { TrackPosition } from '../../protocols/rtsp/track-framer.ts';
import type { StreamPackets } from './stream-packets.ts';
import type { TrackTransport } from './track-transport.ts';

/** Sends the units of one stream to one reader: first the missed ones with compressed times, then new ones as everybody gets them. */
export class UnitSender {
  readonly #packets: StreamPackets;
  readonly #transports: readonly (TrackTransport | undefined)[];
  #firstPicture: AccessUnit | undefined;
  /** The time at which the missed units end; 0 when there are none. */
  #joinUs = 0;

  /** `transports` are indexed by track number. */
  constructor(packets: StreamPackets, transports: readonly (TrackTransport | undefined)[]) {
    this.#packets = packets;
    this.#transports = transports;
  }

  /** `missed` is the group of pictures that is sent first. */
  begin(missed: readonly AccessUnit[]): void {
    const pictures = missed.filter((unit) => this.#packets.isVideo(unit.track));
    this.#firstPicture = pictures[0];
    this.#joinUs = pictures.reduce((latest, unit) => Math.max(latest, unit.ptsUs), 0);
    const newest = pictures.at(-1);
    if (newest) this.#packets.follow(newest);
  }

  /** When this returns false, the rest must be held back. */
  send(unit: AccessUnit): boolean {
    const transport = this.#transports[unit.track];
    if (transport === undefined) return true;
    const isPast = unit.ptsUs < this.#joinUs;
    if (isPast && !this.#packets.isVideo(unit.track)) return true; // The times of sound cannot be compressed.
    const framed = isPast ? this.#packets.frameInHaste(unit, this.#joinUs) : this.#packets.frame(unit);
    return framed === undefined || transport.send(framed);
  }

  /** Where a track begins. Undefined as long as there is no picture. */
  position(track: number): TrackPosition | undefined {
    return this.#firstPicture && this.#packets.position(track, this.#firstPicture, this.#joinUs);
  }

  /** Sends a report for every track, which says which wall clock time its timestamps mean. */
  sendReports(): void {
    for (const [track, transport] of this.#transports.entries()) {
      const report = transport && this.#packets.report(track);
      if (report) transport.rtcp(report);
    }
  }
}
