import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { io } from 'socket.io-client';
import type { CameraView } from '../../../shared/camera.ts';
import { CameraStore } from '../gateway/camera-store.ts';
import { gatewaySentence } from '../gateway/gateway-sentence.ts';
import type { GatewaySocket } from '../gateway/gateway-socket.ts';
import { announce } from '../page/announce.ts';
import type { Signalling } from '../player/signalling/signalling.ts';
import { createSocketSignalling } from '../player/signalling/socket-signalling.ts';
import { PageConnections } from '../player/webrtc/page-connections.ts';
import { tileTexts } from '../texts/en/tile.ts';
import { forgetSession } from './session.ts';

/** The cameras as the gateway tells them. */
export const store = new CameraStore(announceChange);

/**
 * The cameras with their names and in their order, without their live state. `undefined` until the gateway has sent
 * them.
 */
export const cameras = store.list;
export const connected = computed(() => !store.isLost.value);
/** Counts how often a viewer came or went. */
export const viewersChanged = signal(0);

let opened:
  | { readonly socket: GatewaySocket; readonly signalling: Signalling; readonly page: PageConnections }
  | undefined;

/** One camera with its live state, for whatever shows it. */
export function liveCamera(id: string): ReadonlySignal<CameraView> | undefined {
  return store.live(id);
}

/** Opens the page's one connection, for live state and signalling. */
export function openLive(): void {
  if (opened) return;
  const socket: GatewaySocket = io({ transports: ['websocket', 'polling'] });
  store.listen(socket);
  socket.on('viewers-changed', () => {
    viewersChanged.value++;
  });
  socket.on('session-ended', (reason) => {
    closeLive();
    forgetSession(gatewaySentence(reason));
  });
  const signalling = createSocketSignalling(socket, store);
  const page = new PageConnections(signalling);
  socket.on('connect', () => page.reconcile());
  opened = { socket, signalling, page };
}

export function closeLive(): void {
  opened?.socket.disconnect();
  opened = undefined;
  store.clear();
}

export function liveSignalling(): Signalling {
  return here().signalling;
}

/** The connections that the tiles of this page share. */
export function livePage(): PageConnections {
  return here().page;
}

export function liveSocket(): GatewaySocket {
  return here().socket;
}

function here(): NonNullable<typeof opened> {
  if (!opened) throw new Error('the live connection is not open');
  return opened;
}

function announceChange(before: CameraView, next: CameraView): void {
  const wasOffline = isOffline(before);
  if (isOffline(next) && !wasOffline) announce(tileTexts.wentOffline(next.name));
  else if (wasOffline && isLive(next)) announce(tileTexts.cameBack(next.name));
}

function isOffline(camera: CameraView): boolean {
  return camera.main.phase === 'offline' || camera.sub.phase === 'offline';
}

function isLive(camera: CameraView): boolean {
  return !isOffline(camera) && (camera.main.phase === 'live' || camera.sub.phase === 'live');
}
