import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { startDahuaDemo } from '../../simulators/dahua-demo.ts';
import { type CapturedDatagram, serializePcap } from '../../simulators/pcap-file.ts';
import { DahuaDevices } from './dahua-devices.ts';

const LOOPBACK = '127.0.0.1';
const DISSECTOR = fileURLToPath(new URL('../../../tools/wireshark/dahua.lua', import.meta.url));

const FIELDS = [
  'frame.protocols',
  'dhp2p.path',
  'dhp2p.status',
  'dhp2p.field',
  'dhstun.type',
  'dhstun.identify',
  'dhstun.address',
  'ptcp.flags.connect',
  'tou.type',
  'tou.port',
  'tou.status',
  'tou.data',
  'tou.unknown',
  '_ws.malformed',
  '_ws.lua.error',
] as const;
/** Sent in one go, so that their answers fill several segments. */
const REQUESTS = 40;

type Field = (typeof FIELDS)[number];
type Shown = Readonly<Record<Field, readonly string[]>>;

let folder: string;
let shown: Shown[];

/** Everything from the first question to the cloud to the end of an RTSP conversation, with frames cut where no frame ends. */
beforeAll(async () => {
  const demo = await startDahuaDemo({ knobs: { framing: 'shuffled' } });
  const datagrams: CapturedDatagram[] = [];
  const devices = new DahuaDevices({
    clock: systemClock,
    log: pino({ level: 'silent' }),
    clouds: [demo.cloud],
    observe: (direction, local, peer, bytes) => {
      const ours = { address: LOOPBACK, port: local.port };
      const [from, to] = direction === 'sent' ? [ours, peer] : [peer, ours];
      datagrams.push({ timeUs: systemClock.nowUs(), from, to, bytes: Uint8Array.from(bytes) });
    },
  });
  const signal = new AbortController().signal;
  const { session } = await devices.acquire(demo.device.serial, demo.camera, signal);
  const realm = await session.openRealm(554, { signal, timeoutMs: 5000 });
  let answers = '';
  realm.on('data', (bytes: Buffer) => {
    answers += bytes.toString('latin1');
    if (answers.split('200 OK').length > REQUESTS) realm.end();
  });
  for (let number = 1; number <= REQUESTS; number++) realm.write(`OPTIONS * RTSP/1.0\r\nCSeq: ${number}\r\n\r\n`);
  await once(realm, 'close');
  await devices.close();
  await demo.close();
  folder = await mkdtemp(path.join(tmpdir(), 'oriel-dissector-'));
  const capture = path.join(folder, 'dahua.pcap');
  await writeFile(capture, serializePcap(datagrams));
  shown = await dissect(capture);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** One run over the whole capture: what Wireshark shows of each datagram. */
async function dissect(file: string): Promise<Shown[]> {
  const fields = FIELDS.flatMap((field) => ['-e', field]);
  const options = ['-X', `lua_script:${DISSECTOR}`, '-r', file, '-2', '-T', 'fields', '-E', 'separator=|', ...fields];
  try {
    const { stdout, stderr } = await promisify(execFile)('tshark', options, { maxBuffer: 16 << 20 });
    expect(stderr).not.toMatch(/lua|error/i);
    const rows = stdout.split('\n').filter((line) => line !== '');
    return rows.map((row) => {
      const values = row.split('|').map((value) => (value === '' ? [] : value.split(',')));
      const datagram = {} as Record<Field, readonly string[]>;
      for (const [index, field] of FIELDS.entries()) datagram[field] = values[index] ?? [];
      return datagram;
    });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new Error('This test needs the program tshark; npm test installs it.', { cause });
  }
}

const all = (field: Field): string[] => shown.flatMap((datagram) => datagram[field]);

test('requests and replies of the cloud are told by path and status', () => {
  const paths = all('dhp2p.path').map((line) => line.replace(/4C0A\w+|[0-9A-F]{32}-[0-9a-f]{32}/g, '*'));
  expect(new Set(paths)).toEqual(
    new Set([
      '/online/p2psrv/*',
      '/probe/device/*',
      '/online/relay',
      '/relay/agent',
      '/relay/start/*',
      '/device/*/p2p-channel',
      '/info/device/*',
      '/device/*/relay-channel',
      '/relay/unbind/*',
    ]),
  );
  expect(new Set(all('dhp2p.status'))).toEqual(new Set(['100', '200', '403']));
  const refused = shown.find((datagram) => datagram['dhp2p.status'][0] === '403');
  expect(refused?.['dhp2p.field']).toContain('Error: DevPwd_InvalidSalt');
});

test('inverted STUN is read as what it inverts', () => {
  expect(new Set(all('dhstun.type'))).toEqual(new Set(['0x0001', '0x0101']));
  expect(new Set(all('dhstun.address'))).toContain(LOOPBACK);
  const request = shown.find((datagram) => datagram['dhstun.type'][0] === '0x0001');
  expect(request?.['dhstun.identify'][0]).toMatch(/^[0-9a-f]{16}$/);
});

test('PTCP headers and the frames in the stream are told apart, also where segments cut them', () => {
  expect(all('ptcp.flags.connect').filter((flag) => flag === '1' || flag === 'True').length).toBeGreaterThanOrEqual(4);
  expect(new Set(all('tou.type'))).toEqual(new Set(['0x10', '0x11', '0x12', '0x17', '0x18', '0x19', '0x1a', '0x1b']));
  expect(all('tou.port')).toEqual(['554']);
  expect(new Set(all('tou.status'))).toEqual(new Set(['CONN', 'DISC']));
  const data = Buffer.from(all('tou.data').join('').replaceAll(':', ''), 'hex').toString('latin1');
  expect(data.match(/RTSP\/1\.0 200 OK/g)).toHaveLength(REQUESTS);
});

test('nothing in the capture is left unread', () => {
  for (const datagram of shown) {
    expect(datagram['frame.protocols'][0]).toMatch(/dhp2p|dhstun|ptcp/);
    expect([datagram['tou.unknown'], datagram['_ws.malformed'], datagram['_ws.lua.error']]).toEqual([[], [], []]);
  }
});
