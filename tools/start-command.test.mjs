import { expect, test } from 'vitest';
import { commandOf } from './start-command.mjs';

test.each([
  [[], ['serve', '--demo']],
  [
    ['--port', '9000'],
    ['serve', '--demo', '--port', '9000'],
  ],
  [
    ['--demo', '--port', '9000'],
    ['serve', '--demo', '--port', '9000'],
  ],
  [
    ['--config', 'oriel.yaml'],
    ['serve', '--config', 'oriel.yaml'],
  ],
  [['--config=oriel.yaml'], ['serve', '--config=oriel.yaml']],
  [
    ['serve', '--port', '9000'],
    ['serve', '--port', '9000'],
  ],
  [
    ['probe', 'rtsp://h/1'],
    ['probe', 'rtsp://h/1'],
  ],
  [['--help'], ['--help']],
])('npm start -- %s', (args, command) => {
  expect(commandOf(args)).toEqual(command);
});
