import { createSocket, type Socket } from 'node:dgram';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  KASA_DISCOVERY_PORT,
  KASA_STREAM_PORT,
  parseDiscoveryAnswer,
  serializeDiscovery,
} from '../protocols/kasa/discovery.ts';
import type { FoundCamera } from './found-camera.ts';

export type KasaDiscoveryOptions = {
  readonly listenMs: number;
  readonly signal: AbortSignal;
  /** Tests give their own hosts and ports instead of the LAN. */
  readonly target?: { readonly hosts: readonly string[]; readonly udpPort: number; readonly streamPort: number };
};

/** Some models ignore broadcasts, so every neighbour is asked by its address, slowly enough for small routers. */
const SWEEP_STEP_MS = 3;
const PROBE_TIMEOUT_MS = 600;
const PROBES_AT_ONCE = 32;

/** Asks by broadcast and by sweep on UDP 9999, and looks for open ports 19443; each camera is reported once. */
export async function discoverKasa(options: KasaDiscoveryOptions, found: (camera: FoundCamera) => void): Promise<void> {
  const seen = new Set<string>();
  const report = (address: string, name: string, port: number): void => {
    if (seen.has(address)) return;
    seen.add(address);
    const suffix = port === KASA_STREAM_PORT ? '' : `:${port}`;
    found({ kind: 'kasa', address, name, url: `kasa://${address}${suffix}` });
  };
  const hosts = options.target?.hosts ?? neighbours();
  const streamPort = options.target?.streamPort ?? KASA_STREAM_PORT;
  const until = AbortSignal.any([options.signal, AbortSignal.timeout(options.listenMs)]);
  await Promise.all([
    askByUdp(
      hosts,
      options.target?.udpPort ?? KASA_DISCOVERY_PORT,
      options.target === undefined,
      until,
      (address, name) => report(address, name, streamPort),
    ),
    // Answers with a name come first, because an open port alone gives no name.
    probePorts(hosts, streamPort, until, (address) => report(address, `Kasa camera at ${address}`, streamPort)),
  ]);
}

async function askByUdp(
  hosts: readonly string[],
  port: number,
  broadcast: boolean,
  until: AbortSignal,
  answered: (address: string, name: string) => void,
): Promise<void> {
  const socket = createSocket('udp4');
  try {
    await bind(socket);
    socket.on('message', (bytes, from) => {
      try {
        const { isCamera, alias } = parseDiscoveryAnswer(bytes);
        if (isCamera) answered(from.address, alias);
      } catch {
        // A device that is not a Kasa device answered.
      }
    });
    const question = serializeDiscovery();
    if (broadcast) {
      socket.setBroadcast(true);
      socket.send(question, port, '255.255.255.255', () => {});
    }
    for (const host of hosts) {
      if (until.aborted) return;
      socket.send(question, port, host, () => {});
      await sleep(SWEEP_STEP_MS);
    }
    await untilAborted(until);
  } finally {
    socket.close();
  }
}

async function probePorts(
  hosts: readonly string[],
  port: number,
  until: AbortSignal,
  open: (host: string) => void,
): Promise<void> {
  const waiting = [...hosts];
  const opened: string[] = [];
  const worker = async (): Promise<void> => {
    for (let host = waiting.shift(); host !== undefined && !until.aborted; host = waiting.shift()) {
      if (await isOpen(host, port)) opened.push(host);
    }
  };
  await Promise.all(Array.from({ length: Math.min(PROBES_AT_ONCE, hosts.length) }, worker));
  await untilAborted(until);
  for (const host of opened) open(host);
}

function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PROBE_TIMEOUT_MS });
    const finish = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => finish(true));
    socket.once('timeout', () => finish(false));
    socket.once('error', () => finish(false));
  });
}

/** The other 253 addresses of each /24 network that this machine is in. */
function neighbours(): string[] {
  const own = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((entry) => entry.family === 'IPv4' && !entry.internal)
    .map((entry) => entry.address);
  const nets = new Set(own.map((address) => address.split('.').slice(0, 3).join('.')));
  return [...nets]
    .flatMap((net) => Array.from({ length: 254 }, (_, n) => `${net}.${n + 1}`))
    .filter((address) => !own.includes(address));
}

function bind(socket: Socket): Promise<void> {
  socket.on('error', () => {}); // Unreachable neighbours are expected.
  return new Promise((resolve) => socket.bind(0, () => resolve()));
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
