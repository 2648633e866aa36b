import type Hls from 'hls.js';
import type { ErrorData } from 'hls.js';
import { bearer, cameraUrl } from '../../gateway/gateway-address.ts';
import { parseError } from '../../gateway/gateway-error.ts';
import { lossOf } from '../decision/loss.ts';
import type { Loss } from '../decision/player-state.ts';
import type { Milestones, TransportStatistics } from '../statistics.ts';
import type { OpenTransport, Transport, TransportRequest } from '../transport.ts';
import { EdgeKeeper } from './edge-keeper.ts';
import { KEEP_BEHIND_S, mediaSourceClass } from './media-sink.ts';
import { PatientPlaylists } from './patient-playlists.ts';

/** Until the playlist says otherwise. */
const PART_S = 0.1;
/** Chromium's sound renderer begins with 200 ms of decoded sound at hand, and stops the picture when it has none. */
const LEAST_WITH_SOUND_S = 0.24;

export const openHls: OpenTransport = (request) => new HlsTransport(request);

/** Low-latency HLS: by hls.js, which is loaded when needed, or by the browser itself where there is no MediaSource. */
class HlsTransport implements Transport {
  readonly #request: TransportRequest;
  readonly #abort = new AbortController();
  readonly #milestones: { -readonly [Key in keyof Milestones]: Milestones[Key] } = { asked: performance.now() };
  readonly #playlists = new PatientPlaylists();
  #hls: Hls | undefined;
  #keeper: EdgeKeeper | undefined;
  #bytes = 0;
  #codec: string | undefined;

  constructor(request: TransportRequest) {
    this.#request = request;
    this.#run().catch((error: unknown) => this.#lose(lossOf(error)));
  }

  async statistics(): Promise<TransportStatistics> {
    const edge = this.#keeper?.state;
    return {
      milestones: this.#milestones,
      bytesReceived: this.#bytes,
      framesDropped: this.#request.video.getVideoPlaybackQuality().droppedVideoFrames,
      ...(this.#codec !== undefined && { codec: this.#codec }),
      ...(this.#keeper && { bufferedMs: this.#keeper.aheadS * 1000 }),
      ...(edge && { targetMs: edge.targetS * 1000, playbackRate: edge.rate, stalls: edge.stalls }),
    };
  }

  close(): void {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    this.#keeper?.close();
    const hls = this.#hls;
    hls?.stopLoad();
    // Destroying empties the video; the last picture stays until somebody else does.
    this.#request.video.addEventListener('emptied', () => hls?.destroy(), { once: true });
  }

  async #run(): Promise<void> {
    const { quality, sound, token, video } = this.#request;
    const query = { quality, sound: sound ? 'yes' : 'no' };
    if (!mediaSourceClass()) {
      const right = token === undefined ? {} : { token };
      this.#playNatively(cameraUrl(this.#request, '/hls/index.m3u8', { ...query, ...right }));
      return;
    }
    const { default: HlsClass } = await import('hls.js/light');
    if (this.#abort.signal.aborted) return;
    const hls = new HlsClass({
      lowLatencyMode: true,
      enableWorker: false,
      pLoader: this.#playlists.loaderFor(HlsClass),
      backBufferLength: KEEP_BEHIND_S,
      maxBufferLength: 10,
      // The edge keeper owns the rate.
      maxLiveSyncPlaybackRate: 1,
      manifestLoadPolicy: {
        default: { maxTimeToFirstByteMs: 5000, maxLoadTimeMs: 10_000, timeoutRetry: null, errorRetry: null },
      },
      xhrSetup: (xhr) => {
        for (const [name, value] of Object.entries(bearer(token))) xhr.setRequestHeader(name, value);
      },
    });
    this.#hls = hls;
    this.#listen(hls, HlsClass);
    this.#playlists.listen(hls, HlsClass);
    hls.loadSource(cameraUrl(this.#request, '/hls/index.m3u8', { ...query, recap: 'yes' }));
    hls.attachMedia(video);
    video.play().catch(() => undefined);
  }

  #listen(hls: Hls, { Events }: typeof Hls): void {
    hls.on(Events.MANIFEST_PARSED, (_event, { levels }) => {
      this.#milestones.answered = performance.now();
      this.#codec = levels[0]?.videoCodec ?? levels[0]?.attrs.CODECS;
    });
    hls.on(Events.LEVEL_LOADED, (_event, { details }) => {
      this.#keeper ??= this.#keepEdge();
      if (details.partTarget) this.#keeper.setLeast(this.#leastS(details.partTarget));
    });
    hls.on(Events.FRAG_LOADED, (_event, { payload }) => {
      if (this.#bytes === 0) {
        this.#milestones.firstBytes = performance.now();
        this.#request.connected();
      }
      this.#bytes += payload.byteLength;
    });
    hls.on(Events.ERROR, (_event, data) => {
      if (data.fatal) this.#lose(lossOfHls(data));
    });
  }

  #playNatively(url: string): void {
    const { video, connected } = this.#request;
    if (!video.canPlayType('application/vnd.apple.mpegurl')) {
      this.#lose({ kind: 'unsupported', reason: 'no-media-source' });
      return;
    }
    const { signal } = this.#abort;
    video.addEventListener('loadedmetadata', () => connected(), { once: true, signal });
    video.addEventListener('error', () => this.#lose({ kind: 'broken', why: 'connection' }), { once: true, signal });
    video.src = url;
    this.#keeper = this.#keepEdge();
    video.play().catch(() => undefined);
  }

  #keepEdge(): EdgeKeeper {
    const { video, sound } = this.#request;
    return new EdgeKeeper(video, { leastS: this.#leastS(PART_S), content: sound ? 'both' : 'picture' });
  }

  #leastS(partS: number): number {
    return Math.max(2 * partS, this.#request.sound ? LEAST_WITH_SOUND_S : 0);
  }

  #lose(loss: Loss): void {
    if (this.#abort.signal.aborted) return;
    this.close();
    this.#request.lost(loss);
  }
}

function lossOfHls({ details, type, response, networkDetails }: ErrorData): Loss {
  if (details === 'manifestIncompatibleCodecsError' || details === 'bufferAddCodecError') {
    return { kind: 'unsupported', reason: 'codec' };
  }
  const status = response?.code ?? 0;
  if (status >= 400) return lossOf(parseError(status, bodyOf(networkDetails)));
  return { kind: 'broken', why: type === 'mediaError' ? 'decoder' : 'connection' };
}

/** hls.js itself hands on the status line only. */
function bodyOf(request: unknown): string {
  return request instanceof XMLHttpRequest && request.responseType !== 'arraybuffer' ? request.responseText : '';
}
