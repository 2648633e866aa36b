import { randomBytes, randomInt } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { SourceContext, SourceSink } from '../../hub/source.ts';
import type { AccessUnit } from '../../media/access-unit.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';
import type { Credentials } from '../../protocols/rtsp/auth.ts';
import { type RtspAction, RtspClient, type RtspClientTransport } from '../../protocols/rtsp/client.ts';
import { InterleavedReader, type RtspItem, serializeInterleavedFrame } from '../../protocols/rtsp/interleaved.ts';
import type { RtspUrl } from '../../protocols/rtsp/url.ts';
import type { LoginMemory } from './login-memory.ts';
import { LossMeter } from './loss-meter.ts';
import { SessionTracks } from './session-tracks.ts';

export type SessionOptions = {
  readonly url: RtspUrl;
  readonly credentials?: Credentials;
  readonly loginMemory: LoginMemory;
  readonly transport: RtspClientTransport;
  readonly replyTimeoutMs: number;
  /** End it when more packets in a hundred are lost than this, in any stretch of ten seconds. Absent: go on. */
  readonly maxLossPercent?: number;
};

/** Why a session ended without being lost. */
export type SessionOutcome =
  | { readonly kind: 'aborted' }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'use-transport'; readonly transport: RtspClientTransport }
  /** Too much was lost on the way, see `lossPercent`. */
  | { readonly kind: 'lossy' };

const USER_AGENT = 'Oriel/1.0';
const TEARDOWN_MS = 500;
const REPORT_EVERY_MS = 5000;
/** UDP that is silent this long after PLAY is blocked on its way. */
const UDP_SILENCE_MS = 3000;
const LOSS_STRETCH_MS = 10_000;

/** One RTSP session over one connection: turns what the step machine wants into writes, timers and sockets. */
export class RtspSession {
  readonly #carrier: Duplex;
  readonly #options: SessionOptions;
  readonly #context: SourceContext;
  readonly #sink: SourceSink;
  readonly #reader = new InterleavedReader();
  readonly #client: RtspClient;
  readonly #tracks: SessionTracks;
  readonly #cancels = new Map<string, () => void>();
  #settle: ((result: SessionOutcome | GatewayError) => void) | undefined;
  #tornDown: (() => void) | undefined;
  readonly #loss = new LossMeter();

  constructor(carrier: Duplex, options: SessionOptions, context: SourceContext, sink: SourceSink) {
    this.#carrier = carrier;
    this.#options = options;
    this.#context = context;
    this.#sink = sink;
    this.#client = new RtspClient({
      url: options.url,
      transport: options.transport,
      userAgent: USER_AGENT,
      clientNonce: randomBytes(8).toString('hex'),
      takesDigest: options.loginMemory.takesDigest,
      ...(options.credentials ? { credentials: options.credentials } : {}),
    });
    this.#tracks = new SessionTracks({
      clock: context.clock,
      ssrc: randomInt(1, 2 ** 32),
      carrier,
      publish: (unit) => this.#publish(unit),
      failed: (error) => this.#end(error),
      sendOnCarrier: (channel, bytes) => this.#write(serializeInterleavedFrame(channel, bytes)),
    });
  }

  /** Until `signal` aborts or the session ends; the connection is closed then, after a TEARDOWN where there is a session. */
  async run(signal: AbortSignal): Promise<SessionOutcome> {
    const ended = new Promise<SessionOutcome | GatewayError>((resolve) => {
      this.#settle = resolve;
    });
    const onAbort = (): void => this.#end({ kind: 'aborted' });
    signal.addEventListener('abort', onAbort, { once: true });
    this.#carrier.on('data', (chunk: Buffer) => this.#receive(chunk));
    // One that was read before, by whoever opened it, comes held.
    this.#carrier.resume();
    this.#carrier.on('error', (error) => this.#end(asGatewayError(error, 'camera-closed')));
    this.#carrier.on('close', () => this.#end(new GatewayError('camera-closed', 'The camera closed the connection.')));
    this.#carrier.on('end', () => this.#end(new GatewayError('camera-closed', 'The camera closed the connection.')));
    this.#sink.step('asking');
    this.#perform(this.#client.start());
    if (signal.aborted) onAbort();
    const result = await ended;
    signal.removeEventListener('abort', onAbort);
    await this.#close();
    if (this.#client.takesDigest) this.#options.loginMemory.rememberDigest();
    this.#logCounts();
    if (result instanceof GatewayError) throw result;
    return result;
  }

  /** Packets in a hundred, since the last stretch of ten seconds began; undefined when there were too few to tell. */
  get lossPercent(): number | undefined {
    return this.#loss.percent(this.#tracks.traffic);
  }

  get hasMedia(): boolean {
    return this.#tracks.packets > 0;
  }

  #end(result: SessionOutcome | GatewayError): void {
    this.#settle?.(result);
    this.#settle = undefined;
    this.#tornDown?.();
  }

  /** A session that is not ended occupies one of the camera's few places for a minute. */
  async #close(): Promise<void> {
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
    if (!this.#carrier.destroyed && this.#carrier.writable) {
      await new Promise<void>((resolve) => {
        this.#tornDown = resolve;
        this.#after('teardown', TEARDOWN_MS, resolve);
        this.#carrier.once('close', resolve);
        this.#perform(this.#client.teardown());
      });
      this.#cancels.get('teardown')?.();
    }
    this.#tracks.close();
    this.#carrier.destroy();
  }

  #receive(chunk: Buffer): void {
    try {
      for (const item of this.#reader.push(chunk)) this.#receiveItem(item);
    } catch (error) {
      this.#end(asGatewayError(error));
    }
  }

  #receiveItem(item: RtspItem): void {
    if (item.kind === 'frame') this.#tracks.receiveInterleaved(item.channel, item.data);
    else this.#perform(this.#client.receive(item));
  }

  #perform(actions: readonly RtspAction[]): void {
    for (const [index, action] of actions.entries()) {
      if (action.kind === 'route' && action.transport.multicast) {
        // A group sends to whoever has joined by then, so PLAY has to wait.
        const rest = actions.slice(index + 1);
        this.#whenDone(this.#tracks.join(action.track, action.transport), () => this.#perform(rest));
        return;
      }
      this.#performOne(action);
    }
  }

  #performOne(action: RtspAction): void {
    switch (action.kind) {
      case 'send':
        this.#write(action.bytes);
        this.#expectReply();
        break;
      case 'bind':
        this.#whenDone(this.#tracks.bind(), (ports) => this.#perform(this.#client.bound(ports)));
        break;
      case 'route':
        this.#tracks.add(action.track, action.transport);
        this.#reader.expectChannels(this.#tracks.channels);
        break;
      case 'ready':
        this.#sink.tracks(this.#tracks.infos);
        this.#sink.step('waiting-for-picture');
        break;
      case 'playing':
        this.#play(action.keepAliveMs);
        break;
      case 'closed':
        this.#tornDown?.();
        break;
      case 'failed':
        this.#end(action.error);
        break;
      default:
        this.#end(action);
    }
  }

  #play(keepAliveMs: number): void {
    this.#cancels.get('reply')?.();
    this.#every('keep-alive', keepAliveMs, () => this.#perform(this.#client.keepAlive()));
    this.#every('report', REPORT_EVERY_MS, () => this.#tracks.sendReports());
    this.#every('loss', LOSS_STRETCH_MS, () => this.#checkLoss());
    if (this.#options.transport !== 'tcp')
      this.#after('silence', UDP_SILENCE_MS, () => {
        if (this.#tracks.packets === 0) this.#end({ kind: 'use-transport', transport: 'tcp' });
      });
  }

  /** Before PLAY is answered every request has a deadline; later nobody waits, because some cameras answer no keep-alive. */
  #expectReply(): void {
    if (!this.#settle || this.#cancels.has('keep-alive')) return;
    this.#after('reply', this.#options.replyTimeoutMs, () => {
      this.#end(new GatewayError('timeout', 'The camera accepted the connection but did not answer in time.'));
    });
  }

  #checkLoss(): void {
    const { maxLossPercent = Number.POSITIVE_INFINITY } = this.#options;
    if ((this.lossPercent ?? 0) > maxLossPercent) this.#end({ kind: 'lossy' });
    else this.#loss.next(this.#tracks.traffic);
  }

  #publish(unit: AccessUnit): void {
    if (this.#settle) this.#sink.publish(unit);
  }

  #write(bytes: Uint8Array): void {
    if (this.#carrier.writable) this.#carrier.write(bytes);
  }

  #whenDone<T>(work: Promise<T>, next: (value: T) => void): void {
    work.then(
      (value) => {
        if (this.#settle) next(value);
      },
      (error: unknown) => this.#end(asGatewayError(error)),
    );
  }

  #after(name: string, ms: number, callback: () => void): void {
    this.#cancels.get(name)?.();
    this.#cancels.set(name, this.#context.clock.after(ms, callback));
  }

  #every(name: string, ms: number, callback: () => void): void {
    this.#after(name, ms, () => {
      this.#every(name, ms, callback);
      if (this.#settle) callback();
    });
  }

  #logCounts(): void {
    const { garbageBytes, resyncs } = this.#reader;
    this.#context.log.debug({ garbageBytes, resyncs, tracks: this.#tracks.counts }, 'rtsp session ended');
  }
}
