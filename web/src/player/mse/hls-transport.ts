import type Hls from 'hls.js';
import type { ErrorData } from 'hls.js';
import { bearer, cameraUrl } from '../../gateway/gateway-address.ts';
import { parseError } from '../../gateway/gateway-error.ts';
import { lossOf } from '../decision/loss.ts';
import type { Loss } from '../decision/player-state.ts';
import type { OpenTransport } from '../transport.ts';
import { type BufferedStream, BufferedTransport } from './buffered-transport.ts';
import { EdgeKeeper } from './edge-keeper.ts';
import { KEEP_BEHIND_S } from './media-sink.ts';
import { mediaSourceClass } from './media-source-class.ts';
import { PatientPlaylists } from './patient-playlists.ts';

/** Until the playlist says otherwise. */
const PART_S = 0.1;
/** Chromium's sound renderer begins with 200 ms of decoded sound at hand, and stops the picture when it has none. */
const LEAST_WITH_SOUND_S = 0.24;

export const openHls: OpenTransport = (request) =>
  new BufferedTransport(request, (transport) => new HlsStream(transport));

/** Low-latency HLS: by hls.js, which is loaded when needed, or by the browser itself where there is no MediaSource. */
class HlsStream implements BufferedStream {
  readonly #transport: BufferedTransport;
  readonly #playlists = new PatientPlaylists();
  #hls: Hls | undefined;

  constructor(transport: BufferedTransport) {
    this.#transport = transport;
  }

  release(): void {
    const hls = this.#hls;
    hls?.stopLoad();
    // Destroying empties the video; the last picture stays until somebody else does.
    this.#transport.request.video.addEventListener('emptied', () => hls?.destroy(), { once: true });
  }

  async run(signal: AbortSignal): Promise<void> {
    const { request } = this.#transport;
    const { quality, sound, token, video } = request;
    const query = { quality, sound: sound ? 'yes' : 'no' };
    if (!mediaSourceClass()) {
      const right = token === undefined ? {} : { token };
      this.#playNatively(cameraUrl(request, '/hls/index.m3u8', { ...query, ...right }), signal);
      return;
    }
    const { default: HlsClass } = await import('hls.js/light');
    if (signal.aborted) return;
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
    hls.loadSource(cameraUrl(request, '/hls/index.m3u8', { ...query, recap: 'yes' }));
    hls.attachMedia(video);
    video.play().catch(() => undefined);
  }

  #listen(hls: Hls, { Events }: typeof Hls): void {
    const transport = this.#transport;
    hls.on(Events.MANIFEST_PARSED, (_event, { levels }) => {
      transport.milestones.answered = performance.now();
      transport.codec = levels[0]?.videoCodec ?? levels[0]?.attrs.CODECS;
    });
    hls.on(Events.LEVEL_LOADED, (_event, { details }) => {
      transport.keeper ??= this.#keepEdge();
      if (details.partTarget) transport.keeper.setLeast(this.#leastS(details.partTarget));
    });
    hls.on(Events.FRAG_LOADED, (_event, { payload }) => transport.received(payload.byteLength));
    hls.on(Events.ERROR, (_event, data) => {
      if (data.fatal) transport.lose(lossOfHls(data));
    });
  }

  #playNatively(url: string, signal: AbortSignal): void {
    const transport = this.#transport;
    const { video, connected } = transport.request;
    if (!video.canPlayType('application/vnd.apple.mpegurl')) {
      transport.lose({ kind: 'unsupported', reason: 'no-media-source' });
      return;
    }
    const broken = () => transport.lose({ kind: 'broken', why: 'connection' });
    video.addEventListener('loadedmetadata', () => connected(), { once: true, signal });
    video.addEventListener('error', broken, { once: true, signal });
    video.src = url;
    transport.keeper = this.#keepEdge();
    video.play().catch(() => undefined);
  }

  #keepEdge(): EdgeKeeper {
    const { video, sound } = this.#transport.request;
    return new EdgeKeeper(video, { leastS: this.#leastS(PART_S), content: sound ? 'both' : 'picture' });
  }

  #leastS(partS: number): number {
    return Math.max(2 * partS, this.#transport.request.sound ? LEAST_WITH_SOUND_S : 0);
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
