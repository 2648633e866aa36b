import type { CameraView } from '../../../../shared/camera.ts';
import type { PageAnswer, PageOffer } from '../../../../shared/events.ts';
import type { CameraFacts } from '../../gateway/camera-store.ts';
import { cameraPath } from '../../gateway/gateway-address.ts';
import { GatewayError } from '../../gateway/gateway-error.ts';
import { ask, type Method, type RequestOptions, send } from '../../gateway/request.ts';
import type { Signalling } from './signalling.ts';

const ANSWER_WITHIN_MS = 10_000;
const ICE_SERVERS_WITHIN_MS = 1000;
/** How often the camera's state is asked for. */
const FACTS_EVERY_MS = 2000;
/** These say nothing about the camera: the gateway is away, or a proxy answers in its place. */
const GATEWAY_AWAY: ReadonlySet<GatewayError['code']> = new Set(['unreachable', 'internal', 'stopping']);

/** Signalling by plain requests (WHEP), for pages without the dashboard's socket. */
export function createWhepSignalling(gateway: string, token: string | undefined): Signalling {
  return new WhepSignalling(gateway, token);
}

class WhepSignalling implements Signalling {
  readonly isForOneCamera = true;
  readonly #gateway: string;
  readonly #token: string | undefined;
  /** Asks again for what this site was refused; undefined while it was refused nothing. */
  #askAgain: (() => void) | undefined;

  constructor(gateway: string, token: string | undefined) {
    this.#gateway = gateway;
    this.#token = token;
  }

  /** Without them most networks connect all the same, so that a failure or a late answer is no reason to wait. */
  async iceServers(): Promise<RTCIceServer[]> {
    const asked = ask<RTCIceServer[]>('GET', '/api/ice-servers', this.#with({ timeoutMs: ICE_SERVERS_WITHIN_MS }));
    return (await asked.catch(() => undefined)) ?? [];
  }

  /** The viewer is a resource of its own, and so is the connection that it alone is on. */
  async offer({ offer, tiles: [tile] }: PageOffer): Promise<PageAnswer> {
    if (!tile) throw new Error('WHEP asks for one camera at a time.');
    const { mid, camera, quality, visit } = tile;
    const address = cameraPath({ camera, visit }, '/whep', { quality });
    const content = { type: 'application/sdp', text: offer };
    const response = await send('POST', address, this.#with({ content }));
    this.#askAgain?.();
    this.#askAgain = undefined;
    const { pathname, search } = new URL(response.headers.get('location') ?? '', response.url);
    const viewer = pathname + search;
    return { connection: viewer, answer: await response.text(), tiles: [{ mid, viewer, quality }] };
  }

  ready(): void {}

  candidate(connection: string, { candidate, usernameFragment }: RTCIceCandidateInit): void {
    if (!candidate) return;
    const fragment = `a=ice-ufrag:${usernameFragment ?? ''}\r\nm=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=${candidate}\r\n`;
    this.#change('PATCH', connection, { content: { type: 'application/trickle-ice-sdpfrag', text: fragment } });
  }

  /** WHEP has no message for the end of a viewer. Only the peer connection tells that the gateway ended it. */
  hold(viewer: string): () => void {
    return () => this.#change('DELETE', viewer);
  }

  follow(camera: string, listener: (facts: CameraFacts) => void): () => void {
    const stop = new AbortController();
    const tell = async () => {
      const facts = await this.#facts(camera, stop.signal);
      if (stop.signal.aborted) return;
      listener(facts);
      // The answer stays the same until somebody allows the site and asks for the picture again.
      if (facts.isShutOut) this.#askAgain = () => void tell();
      else setTimeout(tell, FACTS_EVERY_MS);
    };
    tell().catch(() => undefined);
    return () => stop.abort();
  }

  ask(camera: string): Promise<CameraFacts> {
    return this.#facts(camera);
  }

  async #facts(camera: string, signal?: AbortSignal): Promise<CameraFacts & { readonly isShutOut?: boolean }> {
    try {
      const view = await ask<CameraView>('GET', cameraPath({ camera }, ''), this.#with({ signal }));
      return { reachable: true, view };
    } catch (error) {
      const isAway = !(error instanceof GatewayError) || GATEWAY_AWAY.has(error.code);
      const isShutOut = error instanceof GatewayError && error.code === 'site-not-allowed';
      return { reachable: !isAway, view: undefined, isShutOut };
    }
  }

  #change(method: Method, resource: string, options: RequestOptions = {}): void {
    send(method, resource, this.#with(options)).catch(() => undefined);
  }

  #with(options: RequestOptions): RequestOptions {
    return { timeoutMs: ANSWER_WITHIN_MS, ...options, gateway: this.#gateway, token: this.#token };
  }
}
