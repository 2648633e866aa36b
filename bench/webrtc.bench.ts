// What WebRTC viewers cost. Cameras and gateway are separate processes, and only the whole gateway, including its camera side,
// is measured. The viewers do ICE and DTLS and count packets. Another WHEP server is measured as well when WHEP_URL (its WHEP
// address) and WHEP_PID are set. Single parts can be named: `node --import tsx bench/webrtc.bench.ts native50 joins`.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { MeasuredProcess } from './rtsp/measured-process.ts';
import { comeAndGo, connectViewer } from './webrtc/coming-and-going.ts';
import type { CountingViewer } from './webrtc/counting-viewer.ts';
import { idleGatewayMb, leftGatewayMb } from './webrtc/idle-gateway.ts';

const GATEWAY = '../webrtc/gateway.ts';
const WARM_UP_MS = 4000;
const MEASURED_MS = 10_000;
const JOINS_AT_ONCE = 4;
const MANY_CAMERAS = 20;
const COMINGS_AND_GOINGS = 1000;
/** A little more than the promised value, which is an average. */
const JOINS_PER_SECOND = 52;
/** This is longer than the gateway keeps a camera and HTTP connections for the next viewer. */
const SETTLE_MS = 8000;

type Goal = { readonly limit?: number; readonly atLeast?: number; readonly note?: string };

function row(name: string, value: number, unit: string, goal: Goal = {}): void {
  console.log(JSON.stringify({ name, value: Math.round(value * 100) / 100, unit, ...goal }));
}

async function join(urls: readonly string[]): Promise<CountingViewer[]> {
  const viewers: CountingViewer[] = [];
  const waiting = [...urls];
  const worker = async () => {
    for (let url = waiting.shift(); url; url = waiting.shift()) viewers.push(await connectViewer(url));
  };
  await Promise.all(Array.from({ length: JOINS_AT_ONCE }, worker));
  return viewers;
}

type Measured = {
  readonly cpuSeconds: number;
  readonly packets: number;
  readonly lost: number;
  readonly megabits: number;
};

async function measure(cpu: () => number, viewers: readonly CountingViewer[]): Promise<Measured> {
  await sleep(WARM_UP_MS);
  const sum = (of: (viewer: CountingViewer) => number) => viewers.reduce((total, viewer) => total + of(viewer), 0);
  const read = () => [cpu(), sum((v) => v.packets), sum((v) => v.lost), sum((v) => v.bytes)] as const;
  const before = read();
  await sleep(MEASURED_MS);
  const after = read();
  const [cpuSeconds, packets, lost, bytes] = after.map((value, index) => value - (before[index] ?? 0)) as [
    number,
    number,
    number,
    number,
  ];
  return { cpuSeconds, packets, lost, megabits: (bytes * 8) / MEASURED_MS / 1000 };
}

const times = <Value>(count: number, value: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, index) => value(index));
const cameras = await MeasuredProcess.start('cameras.ts', [String(MANY_CAMERAS)]);
const specifications = times(MANY_CAMERAS, (index) => `cam${index}=rtsp://127.0.0.1:${cameras.port}/cam${index}`);

/** The CPU time per packet and viewer with this many viewers of one camera. */
async function fanOut(
  name: string,
  count: number,
  limit: number | undefined,
  args: readonly string[],
): Promise<number> {
  const gateway = await MeasuredProcess.start(GATEWAY, ['0', ...args, ...specifications.slice(0, 1)]);
  const [first] = await join([`http://127.0.0.1:${gateway.port}/whep/cam0`]);
  await sleep(1000);
  const beforeMb = gateway.residentMb();
  const viewers = await join(times(count - 1, () => `http://127.0.0.1:${gateway.port}/whep/cam0`));
  const all = [...viewers, first as CountingViewer];
  const { cpuSeconds, packets, lost, megabits } = await measure(() => gateway.cpuSeconds(), all);
  const each = (cpuSeconds * 1e6) / packets;
  row(
    `${name}, ${count} viewers of 4 Mbit/s, CPU per packet and viewer`,
    each,
    'us',
    limit === undefined ? {} : { limit },
  );
  if (count >= 300) {
    row(`${name}, ${count} viewers, delivered`, megabits, 'Mbit/s', { atLeast: count * 4 * 0.97 });
    row(`${name}, ${count} viewers, packets lost or unsent`, lost, 'packets', { limit: 0 });
    row(`${name}, ${count} viewers, resident memory`, gateway.residentMb(), 'MB', { limit: 300 });
  }
  if (count === 150)
    row(`${name}, memory per viewer`, (gateway.residentMb() - beforeMb) / (count - 1), 'MB', { limit: 0.5 });
  for (const viewer of all) viewer.close();
  await gateway.stop();
  return each;
}

async function stockWerift(): Promise<number> {
  const server = await MeasuredProcess.start('../webrtc/stock-werift.ts', ['0']);
  const viewers = await join(times(50, () => `http://127.0.0.1:${server.port}/whep`));
  const { cpuSeconds, packets } = await measure(() => server.cpuSeconds(), viewers);
  const each = (cpuSeconds * 1e6) / packets;
  row('stock werift, 50 viewers of 4 Mbit/s, CPU per packet and viewer', each, 'us');
  for (const viewer of viewers) viewer.close();
  await server.stop();
  return each;
}

async function manyCameras(): Promise<void> {
  const gateway = await MeasuredProcess.start(GATEWAY, ['0', ...specifications]);
  const viewers = await join(times(MANY_CAMERAS, (index) => `http://127.0.0.1:${gateway.port}/whep/cam${index}`));
  const { cpuSeconds } = await measure(() => gateway.cpuSeconds(), viewers);
  row(`${MANY_CAMERAS} cameras with one viewer each, CPU`, (cpuSeconds * 100_000) / MEASURED_MS, '% of core', {
    limit: 15,
  });
  for (const viewer of viewers) viewer.close();
  await gateway.stop();
}

type Resources = { readonly heapMb: number; readonly open: number; readonly viewers: number };

/** What the gateway holds after everything that was closed has had time to end. */
async function settledResources(base: string): Promise<Resources> {
  await sleep(SETTLE_MS);
  return (await (await fetch(`${base}/resources`, { headers: { connection: 'close' } })).json()) as Resources;
}

/** Memory, sockets, timers and viewers must not grow with the number of viewers who came and went. */
async function comingAndGoing(): Promise<void> {
  const gateway = await MeasuredProcess.start(GATEWAY, ['0', ...specifications.slice(0, 1)]);
  const base = `http://127.0.0.1:${gateway.port}`;
  await comeAndGo(`${base}/whep/cam0`, COMINGS_AND_GOINGS / 4, JOINS_PER_SECOND / 2);
  const before = await settledResources(base);
  const [beforeMb, cpuBefore] = [gateway.residentMb(), gateway.cpuSeconds()];
  const visits = await comeAndGo(`${base}/whep/cam0`, COMINGS_AND_GOINGS, JOINS_PER_SECOND);
  const cpuMs = ((gateway.cpuSeconds() - cpuBefore) * 1000) / COMINGS_AND_GOINGS;
  const after = await settledResources(base);
  const all = { limit: COMINGS_AND_GOINGS, atLeast: COMINGS_AND_GOINGS };
  const note =
    visits.triedAgain > 0 ? { note: `${visits.triedAgain} handshakes were begun again by the test's client` } : {};
  row('viewers that came, each for a second', visits.arrivalsPerSecond, 'a second', { atLeast: 50, ...note });
  row('of a thousand viewers, connected', visits.connected, 'viewers', all);
  row('of a thousand viewers, saw a picture', visits.sawPicture, 'viewers', all);
  row('a thousand viewers come and go, viewers left', after.viewers, 'viewers', { limit: 0 });
  row('a thousand viewers come and go, sockets and timers more', after.open - before.open, '', { limit: 0 });
  row('a thousand viewers come and go, heap grown by', after.heapMb - before.heapMb, 'MB', { limit: 2 });
  row('a thousand viewers come and go, resident memory grown by', gateway.residentMb() - beforeMb, 'MB', {
    limit: 40,
    note: 'the heap is what tells a leak; this moves by 20 MB either way',
  });
  row('CPU per viewer that comes, watches a second and goes', cpuMs, 'ms');
  await gateway.stop();
}

async function idle(): Promise<void> {
  row('300 viewers came and went, resident memory', await leftGatewayMb(300, 20), 'MB', { limit: 130 });
  row('idle, four cameras configured, resident memory', await idleGatewayMb('four cameras'), 'MB', { limit: 90 });
  row('idle as `npm start` runs it, with the demo cameras, resident memory', await idleGatewayMb('demo'), 'MB', {
    limit: 90,
  });
}

function cpuSecondsOf(pid: string): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** A WHEP server that was started elsewhere. */
async function otherServer(): Promise<void> {
  const { WHEP_URL: url, WHEP_PID: pid } = process.env;
  if (!url || !pid) return;
  const viewers = await join(times(50, () => url));
  const { cpuSeconds, packets } = await measure(() => cpuSecondsOf(pid), viewers);
  row('the other WHEP server, 50 viewers, CPU per packet and viewer', (cpuSeconds * 1e6) / packets, 'us');
  for (const viewer of viewers) viewer.close();
}

const PARTS: Record<string, () => Promise<unknown>> = {
  native50: () => fanOut('native', 50, 6, []),
  native150: () => fanOut('native', 150, 6, []),
  native300: () => fanOut('native', 300, 6, []),
  portable: async () => {
    const portable = await fanOut('portable', 50, 14, ['--portable']);
    row('portable path against stock werift', portable / (await stockWerift()), 'times', { limit: 0.4 });
  },
  cameras: manyCameras,
  joins: comingAndGoing,
  idle,
  other: otherServer,
};
const asked = process.argv.slice(2);
for (const [name, part] of Object.entries(PARTS)) if (asked.length === 0 || asked.includes(name)) await part();
await cameras.stop();
process.exit(0);
