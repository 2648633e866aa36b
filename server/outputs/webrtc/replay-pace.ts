import { BlockList, isIPv6 } from 'node:net';
import type { PayloadHistory } from './payload-history.ts';

/** Measured in Chromium: 80 Mbit/s loses nothing over a LAN, 160 does. */
const LAN_BITS_PER_SECOND = 80_000_000;
/** Elsewhere: a few times what the stream itself takes, which the link must carry anyway. */
const TIMES_STREAM_RATE = 4;
const LEAST_BITS_PER_SECOND = 8_000_000;
/** Timers are not finer. */
const LEAST_WAIT_MS = 2;

const LAN = new BlockList();
for (const [net, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
] as const)
  LAN.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [
  ['fc00::', 7],
  ['fe80::', 10],
  ['::1', 128],
] as const)
  LAN.addSubnet(net, prefix, 'ipv6');

/** How fast a cached group of pictures is sent to one viewer who joins. */
export class ReplayPace {
  readonly #isLan: boolean;
  #bitsPerSecond = LAN_BITS_PER_SECOND;
  /** Slower than this a replay never reaches the live edge. */
  #leastBitsPerSecond = LEAST_BITS_PER_SECOND;
  #slowdown = 1;
  #hasLost = false;
  #beganMs = 0;
  #sentBytes = 0;

  constructor(address: string) {
    this.#isLan = LAN.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }

  /** False when the next key frame is expected before the replay would end. */
  isWorthReplaying(history: PayloadHistory, nowUs: number): boolean {
    const [first] = history.group;
    if (!first) return false;
    let bytes = 0;
    for (const unit of history.group) bytes += unit.bytes;
    const spanUs = Math.max(nowUs - first.receivedUs, 1);
    const streamBitsPerSecond = (bytes * 8_000_000) / spanUs;
    const elsewhere = Math.min(streamBitsPerSecond * TIMES_STREAM_RATE, LAN_BITS_PER_SECOND);
    this.#leastBitsPerSecond = Math.max(streamBitsPerSecond * 2, LEAST_BITS_PER_SECOND);
    const wanted = (this.#isLan ? LAN_BITS_PER_SECOND : elsewhere) / this.#slowdown;
    this.#bitsPerSecond = Math.max(wanted, this.#leastBitsPerSecond);
    const interval = history.keyframeIntervalUs;
    if (interval === undefined) return true;
    return (bytes * 8_000_000) / this.#bitsPerSecond < interval - spanUs || history.group.length === 1;
  }

  begin(nowMs: number): void {
    this.#beganMs = nowMs;
    this.#sentBytes = 0;
    this.#hasLost = false;
  }

  /** How long to wait now that these bytes are sent; 0 to go on at once. */
  waitMs(bytes: number, nowMs: number): number {
    this.#sentBytes += bytes;
    const dueMs = this.#beganMs + (this.#sentBytes * 8000) / this.#bitsPerSecond;
    return dueMs - nowMs >= LEAST_WAIT_MS ? dueMs - nowMs : 0;
  }

  /** Packets of the replay were lost: half as fast from here on, once for all losses of one replay. */
  lost(): void {
    if (this.#hasLost) return;
    this.#hasLost = true;
    this.#slowdown *= 2;
    this.#bitsPerSecond = Math.max(this.#bitsPerSecond / 2, this.#leastBitsPerSecond);
  }
}
