import type { CameraView } from '../../../../shared/camera.ts';
import { bearer, cameraUrl, credentialsFor } from '../../gateway/gateway-address.ts';
import { refusalOf } from '../decision/loss.ts';
import type { CameraFacts, Signalling, SignallingSession, WatchRequest } from './signalling.ts';

const ANSWER_WITHIN_MS = 10_000;
const ICE_SERVERS_WITHIN_MS = 1000;
/** How often the camera's state is asked for. */
const FACTS_EVERY_MS = 2000;

/** Signalling by plain requests (WHEP), for pages without the dashboard's socket. */
export function createWhepSignalling(gateway: string, token: string | undefined): Signalling {
  return new WhepSignalling(gateway, token);
}

class WhepSignalling implements Signalling {
  readonly #gateway: string;
  readonly #token: string | undefined;

  constructor(gateway: string, token: string | undefined) {
    this.#gateway = gateway;
    this.#token = token;
  }

  /** Without them most networks connect all the same, so that a failure or a late answer is no reason to wait. */
  async iceServers(): Promise<RTCIceServer[]> {
    try {
      const late = AbortSignal.timeout(ICE_SERVERS_WITHIN_MS);
      const response = await this.#request(`${this.#gateway}/api/ice-servers`, 'GET', {}, undefined, late);
      return response.ok ? ((await response.json()) as RTCIceServer[]) : [];
    } catch {
      return [];
    }
  }

  async watch(
    { camera, quality, offer, visit }: WatchRequest,
    _ended: unknown,
    signal: AbortSignal,
  ): Promise<SignallingSession> {
    const url = cameraUrl({ gateway: this.#gateway, camera, token: this.#token, visit }, '/whep', { quality });
    const response = await this.#request(url, 'POST', { 'content-type': 'application/sdp' }, offer, signal);
    if (response.status !== 201) throw await refusalOf(response);
    const location = new URL(response.headers.get('location') ?? '', response.url).href;
    return {
      answer: await response.text(),
      candidate: ({ candidate, usernameFragment }) => {
        if (!candidate) return;
        const fragment = `a=ice-ufrag:${usernameFragment ?? ''}\r\nm=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=${candidate}\r\n`;
        const type = { 'content-type': 'application/trickle-ice-sdpfrag' };
        this.#request(location, 'PATCH', type, fragment).catch(() => undefined);
      },
      close: () => {
        this.#request(location, 'DELETE').catch(() => undefined);
      },
    };
  }

  follow(camera: string, listener: (facts: CameraFacts) => void): () => void {
    const stop = new AbortController();
    const url = cameraUrl({ gateway: this.#gateway, camera, token: this.#token }, '');
    const ask = async () => {
      const facts = await this.#facts(url, stop.signal);
      if (stop.signal.aborted) return;
      listener(facts);
      setTimeout(ask, FACTS_EVERY_MS);
    };
    ask().catch(() => undefined);
    return () => stop.abort();
  }

  ask(camera: string): Promise<CameraFacts> {
    return this.#facts(cameraUrl({ gateway: this.#gateway, camera, token: this.#token }, ''));
  }

  async #facts(url: string, signal?: AbortSignal): Promise<CameraFacts> {
    try {
      const response = await this.#request(url, 'GET', {}, undefined, signal);
      if (!response.ok) return { reachable: response.status < 500, view: undefined };
      return { reachable: true, view: (await response.json()) as CameraView };
    } catch {
      return { reachable: false, view: undefined };
    }
  }

  #request(url: string, method: string, headers: Record<string, string> = {}, body?: string, signal?: AbortSignal) {
    const deadline = AbortSignal.timeout(ANSWER_WITHIN_MS);
    return fetch(url, {
      method,
      headers: { ...headers, ...bearer(this.#token) },
      credentials: credentialsFor(this.#gateway),
      cache: 'no-store',
      keepalive: method === 'DELETE',
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      ...(body !== undefined && { body }),
    });
  }
}
