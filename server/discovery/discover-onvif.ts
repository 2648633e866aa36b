import { randomUUID } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { CAMERA_BRANDS } from '../../shared/source-kinds.ts';
import { systemClock } from '../platform/clock.ts';
import { pause } from '../platform/wait.ts';
import {
  type OnvifAnswer,
  parseProbeMatch,
  serializeProbe,
  WS_DISCOVERY_ADDRESS,
  WS_DISCOVERY_PORT,
} from '../protocols/onvif/ws-discovery.ts';
import type { FoundCamera } from './found-camera.ts';

export type OnvifOptions = {
  readonly listenMs: number;
  readonly signal: AbortSignal;
  /** Tests give their own host instead of the multicast group. */
  readonly target?: { readonly address: string; readonly port: number };
};

/** UDP loses datagrams, so the question is sent three times. */
const REPEAT_AFTER_MS = [0, 250, 750];

/** Asks the LAN for ONVIF cameras, on every IPv4 interface, and reports each camera once. */
export async function discoverOnvif(options: OnvifOptions, found: (camera: FoundCamera) => void): Promise<void> {
  const seen = new Set<string>();
  const sockets = await Promise.all(ownAddresses(options.target !== undefined).map((address) => open(address)));
  const timers: NodeJS.Timeout[] = [];
  try {
    for (const socket of sockets) {
      socket.on('message', (bytes, from) => {
        const camera = readAnswer(bytes, from.address);
        if (!camera || seen.has(camera.address)) return;
        seen.add(camera.address);
        found(camera);
      });
      const question = serializeProbe(randomUUID());
      const { address, port } = options.target ?? { address: WS_DISCOVERY_ADDRESS, port: WS_DISCOVERY_PORT };
      const ask = (): void => socket.send(question, port, address, () => {});
      for (const ms of REPEAT_AFTER_MS) timers.push(setTimeout(ask, ms));
    }
    await pause(systemClock, options.listenMs, options.signal);
  } finally {
    for (const timer of timers) clearTimeout(timer);
    for (const socket of sockets) socket.close();
  }
}

function readAnswer(bytes: Uint8Array, address: string): FoundCamera | undefined {
  try {
    const answer = parseProbeMatch(bytes);
    return { kind: 'onvif', address, name: answer.name ?? answer.hardware ?? address, url: guessUrl(answer, address) };
  } catch {
    return undefined; // Other devices use this group too.
  }
}

/** The brand's usual address if the camera names its brand, else only the port: the path is in its manual or comes from ONVIF. */
function guessUrl(answer: OnvifAnswer, address: string): string {
  const words = `${answer.name ?? ''} ${answer.hardware ?? ''}`.toLowerCase();
  const brand = CAMERA_BRANDS.find(({ name }) => words.includes(name.toLowerCase()));
  return (brand?.main ?? 'rtsp://{host}/').replace('{host}', address);
}

function ownAddresses(withLoopback: boolean): string[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((entry) => entry.family === 'IPv4' && entry.internal === withLoopback)
    .map((entry) => entry.address);
}

async function open(address: string): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('error', () => {}); // An interface that went away simply finds no camera.
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, address, () => {
      socket.off('error', reject);
      resolve();
    });
  });
  return socket;
}
