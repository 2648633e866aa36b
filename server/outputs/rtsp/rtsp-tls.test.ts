import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assetPath } from '../../platform/paths.ts';
import { loadVideoClip } from '../../simulators/clip.ts';
import { runJudge } from '../../simulators/outside-judge.ts';
import { loopedCamera } from './testing/looped-camera.ts';
import { RawReader } from './testing/raw-reader.ts';
import { type ReaderGateway, startReaderGateway } from './testing/reader-gateway.ts';

const PEM = readFileSync(assetPath('kasa-simulator.pem'), 'utf8');
let gateway: ReaderGateway;

beforeAll(async () => {
  const clip = await loadVideoClip(assetPath('main-720p.h264'));
  gateway = await startReaderGateway(() => loopedCamera(clip), { tls: { cert: PEM, key: PEM, port: 0 } });
});
afterAll(() => gateway.close());

const url = () => `rtsps://reader:secret@127.0.0.1:${gateway.output.tlsPort}/cam`;

test('ffmpeg plays rtsps://', async () => {
  const input = ['-v', 'error', '-rtsp_transport', 'tcp', '-i', url()];
  const judged = await runJudge('ffmpeg', [...input, '-frames:v', '25', '-c', 'copy', '-f', 'framecrc', '-']);
  const pictures = String(judged.stdout)
    .split('\n')
    .filter((line) => /^0,/.test(line));
  expect([judged.code, String(judged.stderr), pictures.length]).toEqual([0, '', 25]);
});

test('media never leaves it in the clear: UDP is refused there', async () => {
  const socket = connect({ port: gateway.output.tlsPort as number, host: '127.0.0.1', rejectUnauthorized: false });
  const login = `Basic ${Buffer.from('reader:secret').toString('base64')}`;
  const ask = async (transport: string): Promise<string> => {
    const address = `rtsps://127.0.0.1/cam/trackID=0`;
    const headers = [`CSeq: 1`, `Authorization: ${login}`, `Transport: ${transport}`];
    socket.write(`SETUP ${address} RTSP/1.0\r\n${headers.join('\r\n')}\r\n\r\n`);
    const [answer] = await once(socket, 'data');
    return String(answer).split('\r\n', 1)[0] ?? '';
  };
  expect(await ask('RTP/AVP;unicast;client_port=50000-50001')).toContain(' 461 ');
  expect(await ask('RTP/AVP/TCP;unicast;interleaved=0-1')).toContain(' 200 ');
  socket.destroy();
});

test('who speaks plain RTSP there is hung up on', async () => {
  const reader = await RawReader.connect(gateway.output.tlsPort as number);
  const closed = new Promise<void>((resolve) => reader.socket.once('close', () => resolve()));
  reader.socket.write('OPTIONS rtsp://127.0.0.1/cam RTSP/1.0\r\nCSeq: 1\r\n\r\n');
  await closed;
});
