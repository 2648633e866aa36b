import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createLog } from './log.ts';

type Log = ReturnType<typeof createLog>;

function onTerminal(write: (log: Log) => void): string {
  let text = '';
  const terminal = Object.assign(new PassThrough(), { isTTY: true });
  terminal.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  write(createLog('info', terminal));
  return text;
}

test.each<[string, (log: Log) => void, string]>([
  ['what happened', (log) => log.info('config read again'), 'Config read again.\n'],
  [
    'what it concerns',
    (log) => log.child({ camera: 'door' }).warn({ loss: 7 }, 'packets are lost'),
    'Warning: Packets are lost (camera: door, loss: 7).\n',
  ],
  [
    'the reason',
    (log) => log.info({ address: '192.0.2.1', reason: 'It went away.' }, 'reader ended.'),
    'Reader ended (address: 192.0.2.1). It went away.\n',
  ],
  [
    'an error without its stack',
    (log) => log.error({ err: new Error('the disk is full') }, 'request failed'),
    'Error: Request failed. The disk is full.\n',
  ],
  [
    'a list, one item a line',
    (log) => log.error({ complaints: ['a.yaml:1: x', 'a.yaml:2: y'] }, 'config refused'),
    'Error: Config refused.\n  a.yaml:1: x\n  a.yaml:2: y\n',
  ],
  [
    'nothing that moves the cursor',
    (log) => log.info({ camera: 'a\u001b[2Jb\nc' }, 'seen'),
    'Seen (camera: a [2Jb c).\n',
  ],
  [
    'no secret',
    (log) => log.info({ password: 'hunter2', url: 'rtsp://a:hunter2@h/1' }, 'dialled'),
    'Dialled (password: ***, url: rtsp://***@h/1).\n',
  ],
])('on a terminal the log says %s', (_name, write, sentence) => {
  const line = onTerminal(write);
  expect(line).toMatch(/^\d\d:\d\d:\d\d /);
  expect(line.slice('00:00:00 '.length)).toBe(sentence);
});

test('elsewhere it is JSON', () => {
  const lines: string[] = [];
  createLog('info', { write: (line) => lines.push(line) }).info({ camera: 'door' }, 'seen');
  expect(JSON.parse(lines.join(''))).toMatchObject({ camera: 'door', msg: 'seen' });
});
