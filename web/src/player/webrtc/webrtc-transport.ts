import { lossOf } from '../decision/loss.ts';
import type { Loss } from '../decision/player-state.ts';
import type { SignallingSession } from '../signalling/signalling.ts';
import type { Milestones, TransportStatistics } from '../statistics.ts';
import type { OpenTransport, Transport, TransportRequest } from '../transport.ts';
import { openOnPage } from './page-transport.ts';
import { newestStampOf, readReports } from './webrtc-statistics.ts';

export const openWebrtc: OpenTransport = (request) => openOnPage(request) ?? new WebrtcTransport(request);

class WebrtcTransport implements Transport {
  readonly #request: TransportRequest;
  readonly #abort = new AbortController();
  readonly #milestones: { -readonly [Key in keyof Milestones]: Milestones[Key] } = { asked: performance.now() };
  readonly #candidates: RTCIceCandidateInit[] = [];
  #peer: RTCPeerConnection | undefined;
  #session: SignallingSession | undefined;

  constructor(request: TransportRequest) {
    this.#request = request;
    this.#connect().catch((error: unknown) => this.#lose(lossOf(error)));
  }

  async statistics(): Promise<TransportStatistics> {
    const reports = this.#peer ? await this.#peer.getStats().catch(() => undefined) : undefined;
    return { milestones: this.#milestones, ...(reports ? readReports(reports) : { bytesReceived: 0 }) };
  }

  newestStamp(): number | undefined {
    return newestStampOf(this.#peer?.getReceivers().find(({ track }) => track.kind === 'video'));
  }

  close(): void {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    this.#session?.close();
    this.#peer?.close();
  }

  async #connect(): Promise<void> {
    if (typeof RTCPeerConnection === 'undefined') return this.#lose({ kind: 'unsupported', reason: 'no-webrtc' });
    const { signalling, camera, quality, video, visit } = this.#request;
    const iceServers = await signalling.iceServers();
    if (this.#abort.signal.aborted) return;
    const peer = this.#createPeer(iceServers);
    await peer.setLocalDescription(await peer.createOffer());
    const offer = peer.localDescription?.sdp ?? '';
    if (!/a=rtpmap:\d+ H26[45]\//.test(offer)) return this.#lose({ kind: 'unsupported', reason: 'codec' });
    const session = await signalling.watch(
      { camera, quality, offer, visit },
      (why) => this.#lose(lossOf(why)),
      this.#abort.signal,
    );
    if (this.#abort.signal.aborted) return session.close();
    this.#session = session;
    this.#milestones.answered = performance.now();
    for (const candidate of this.#candidates) session.candidate(candidate);
    await peer.setRemoteDescription({ type: 'answer', sdp: session.answer });
    video.play().catch(() => undefined);
  }

  #createPeer(iceServers: RTCIceServer[]): RTCPeerConnection {
    const peer = new RTCPeerConnection({ iceServers, bundlePolicy: 'max-bundle' });
    this.#peer = peer;
    const stream = new MediaStream();
    this.#request.video.srcObject = stream;
    for (const kind of this.#request.sound ? ['video', 'audio'] : ['video']) {
      const { receiver } = peer.addTransceiver(kind, { direction: 'recvonly' });
      // The least delay that the network allows; Chromium otherwise starts with a cautious buffer.
      if ('jitterBufferTarget' in receiver) receiver.jitterBufferTarget = 0;
    }
    peer.ontrack = ({ track, receiver }) => this.#take(stream, track, receiver);
    peer.onicecandidate = ({ candidate }) => this.#trickle(candidate);
    peer.oniceconnectionstatechange = () => {
      if (peer.iceConnectionState === 'connected') this.#milestones.iceConnected ??= performance.now();
    };
    peer.onconnectionstatechange = () => {
      if (peer.connectionState === 'connected') this.#request.connected();
      else if (peer.connectionState === 'failed') this.#lose({ kind: 'broken', why: 'connection' });
      else if (peer.connectionState === 'closed') this.#lose({ kind: 'broken', why: 'ended' });
    };
    return peer;
  }

  #take(stream: MediaStream, track: MediaStreamTrack, receiver: RTCRtpReceiver): void {
    stream.addTrack(track);
    if (track.kind !== 'video') return;
    track.addEventListener('unmute', () => (this.#milestones.firstBytes ??= performance.now()), { once: true });
    const dtls = receiver.transport;
    dtls?.addEventListener('statechange', () => {
      if (dtls.state === 'connected') this.#milestones.dtlsConnected ??= performance.now();
      // The gateway said goodbye, which the peer connection itself may report much later.
      else if (dtls.state === 'closed') this.#lose({ kind: 'broken', why: 'ended' });
    });
  }

  #trickle(candidate: RTCIceCandidate | null): void {
    if (!candidate) return;
    if (this.#session) this.#session.candidate(candidate.toJSON());
    else this.#candidates.push(candidate.toJSON());
  }

  #lose(loss: Loss): void {
    if (this.#abort.signal.aborted) return;
    this.close();
    this.#request.lost(loss);
  }
}
