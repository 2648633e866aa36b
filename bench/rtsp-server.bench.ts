// What readers of the RTSP server cost. Cameras, gateway and readers are separate processes; only the gateway is measured.
// The program `vidload rtsp` measures the same from outside; bench/rtsp/gateway.ts can be started by hand for it.
import { setTimeout as sleep } from 'node:timers/promises';
import { CountingReader } from './rtsp/counting-reader.ts';
import { MeasuredProcess } from './rtsp/measured-process.ts';

const CAMERAS = 20;
const FAN_OUT = 50;
const WARM_UP_MS = 12_000;
const MEASURED_MS = 10_000;
const CYCLES = 10_000;
const CYCLES_BEFORE = 2000;
const CYCLES_AT_ONCE = 10;

const cameras = await MeasuredProcess.start('cameras.ts', [`${CAMERAS}`]);

function row(name: string, value: number, unit: string, limit: number): void {
  console.log(JSON.stringify({ name, value: Math.round(value * 100) / 100, unit, limit }));
}

function startGateway(names: readonly string[]): Promise<MeasuredProcess> {
  return MeasuredProcess.start('gateway.ts', [
    '0',
    ...names.map((name) => `${name}=rtsp://127.0.0.1:${cameras.port}/${name}`),
  ]);
}

async function read(gateway: MeasuredProcess, path: string): Promise<CountingReader> {
  const reader = await CountingReader.connect(gateway.port, path);
  await reader.play();
  return reader;
}

/** The CPU seconds and packets while all these readers play. */
async function measure(gateway: MeasuredProcess, readers: readonly CountingReader[]) {
  await sleep(WARM_UP_MS);
  const packets = (): number => readers.reduce((sum, reader) => sum + reader.packets, 0);
  const [cpu, count] = [gateway.cpuSeconds(), packets()];
  await sleep(MEASURED_MS);
  return { cpuSeconds: gateway.cpuSeconds() - cpu, packets: packets() - count };
}

async function fanOut(): Promise<void> {
  const gateway = await startGateway(['cam0']);
  const readers = await Promise.all(Array.from({ length: FAN_OUT }, () => read(gateway, '/cam0')));
  const { cpuSeconds, packets } = await measure(gateway, readers);
  row(`RTSP fan-out, ${FAN_OUT} readers of 4 Mbit/s, CPU per packet and reader`, (cpuSeconds * 1e6) / packets, 'us', 2);
  for (const reader of readers) reader.close();
  await gateway.stop();
}

async function manyCameras(): Promise<void> {
  const names = Array.from({ length: CAMERAS }, (_, index) => `cam${index}`);
  const gateway = await startGateway(names);
  const readers = await Promise.all(names.map((name) => read(gateway, `/${name}`)));
  const { cpuSeconds } = await measure(gateway, readers);
  row(`${CAMERAS} cameras with one RTSP reader each, CPU`, (cpuSeconds * 100_000) / MEASURED_MS, '% of core', 12);
  for (const reader of readers) reader.close();
  await gateway.stop();
}

async function joining(): Promise<void> {
  const gateway = await startGateway(['long']);
  const first = await read(gateway, '/long');
  await first.firstPackets(1000);
  const startedMs = performance.now();
  const reader = await read(gateway, '/long');
  await reader.firstPackets(10);
  row(
    'RTSP reader joins a running stream, key frame every 10 s: first picture',
    performance.now() - startedMs,
    'ms',
    300,
  );
  reader.close();
  first.close();
  await gateway.stop();
}

async function comingAndGoing(): Promise<void> {
  const gateway = await startGateway(['cam0']);
  const watching = await read(gateway, '/cam0');
  const cycle = async (): Promise<void> => (await read(gateway, '/cam0')).teardown();
  const cycles = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done += CYCLES_AT_ONCE)
      await Promise.all(Array.from({ length: CYCLES_AT_ONCE }, cycle));
  };
  await cycles(CYCLES_BEFORE);
  const before = gateway.residentMb();
  await cycles(CYCLES);
  row(`${CYCLES} RTSP readers come and go: memory grows by`, gateway.residentMb() - before, 'MB', 30);
  watching.close();
  await gateway.stop();
}

await fanOut();
await manyCameras();
await joining();
await comingAndGoing();
await cameras.stop();
