import { type Signal, signal } from '@preact/signals';
import { io, type Socket } from 'socket.io-client';
import type { CameraView } from '../../../shared/camera.ts';
import type { ClientToServerEvents, Reply, ServerToClientEvents } from '../../../shared/events.ts';
import { gatewaySentence } from '../gateway/gateway-sentence.ts';
import { RequestError } from '../gateway/request.ts';
import { announce } from '../page/announce.ts';
import type { Signalling } from '../player/signalling/signalling.ts';
import { createSocketSignalling } from '../player/signalling/socket-signalling.ts';
import { PageConnection } from '../player/webrtc/page-connection.ts';
import { commonTexts } from '../texts/en/common.ts';
import { tileTexts } from '../texts/en/tile.ts';
import { forgetSession } from './session.ts';

export type LiveSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

const ACKNOWLEDGE_MS = 10_000;

/** What the gateway told of its cameras; `undefined` until it did. Names and order, without their live state. */
export const cameras = signal<readonly CameraView[] | undefined>(undefined);
export const connected = signal(true);
/** Counts up whenever who watches changed. */
export const viewersChanged = signal(0);

const live = new Map<string, Signal<CameraView>>();
let opened: { readonly socket: LiveSocket; readonly signalling: Signalling; readonly page: PageConnection } | undefined;

/** One camera with its live state, for whatever shows it. */
export function liveCamera(id: string): Signal<CameraView> | undefined {
  return live.get(id);
}

/** Opens the page's one connection, for live state and signalling. A share page proves its right with a token. */
export function openLive(token?: string): void {
  if (opened) return;
  const socket: LiveSocket = io({ transports: ['websocket', 'polling'], ...(token && { auth: { token } }) });
  listen(socket);
  const signalling = createSocketSignalling(socket);
  const page = new PageConnection(signalling);
  socket.on('connect', () => page.reconcile());
  opened = { socket, signalling, page };
}

export function closeLive(): void {
  opened?.socket.disconnect();
  opened = undefined;
  cameras.value = undefined;
  live.clear();
}

export function liveSignalling(): Signalling {
  return here().signalling;
}

/** For a page of many tiles. */
export function livePage(): PageConnection {
  return here().page;
}

export function liveSocket(): LiveSocket {
  return here().socket;
}

function here(): NonNullable<typeof opened> {
  if (!opened) throw new Error('the live connection is not open');
  return opened;
}

/** Sends what is acknowledged and waits for the answer. Rejects with a RequestError. */
export async function ask<Value>(
  send: (socket: LiveSocket, done: (reply: Reply<Value>) => void) => void,
): Promise<Value> {
  const reply = await new Promise<Reply<Value>>((resolve, reject) => {
    const late = () => reject(new RequestError('unreachable', commonTexts.unreachable));
    const timer = setTimeout(late, ACKNOWLEDGE_MS);
    send(liveSocket(), (answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
  if (!reply.ok) throw new RequestError(reply.error.code, gatewaySentence(reply.error));
  return reply.value;
}

function listen(socket: LiveSocket): void {
  socket.on('connect', () => {
    connected.value = true;
  });
  socket.on('disconnect', () => {
    connected.value = false;
  });
  socket.on('connect_error', () => {
    connected.value = false;
  });
  socket.on('cameras-changed', receiveList);
  socket.on('camera-state', (state) => {
    const known = live.get(state.id);
    if (known) change(known, { ...known.value, ...state });
  });
  socket.on('viewers-changed', () => {
    viewersChanged.value++;
  });
  socket.on('session-ended', (reason) => {
    closeLive();
    forgetSession(gatewaySentence(reason));
  });
}

function receiveList(list: readonly CameraView[]): void {
  const ids = new Set(list.map((camera) => camera.id));
  for (const id of live.keys()) if (!ids.has(id)) live.delete(id);
  for (const camera of list) {
    const known = live.get(camera.id);
    if (known) change(known, camera);
    else live.set(camera.id, signal(camera));
  }
  cameras.value = list;
}

function change(known: Signal<CameraView>, next: CameraView): void {
  const before = known.value;
  known.value = next;
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
