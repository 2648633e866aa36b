import { afterEach, beforeEach, expect, test } from 'vitest';
import { every, systemClock } from './clock.ts';
import { GuardedEmitter } from './guarded-emitter.ts';
import { createLog } from './log.ts';
import { catchStrayErrors, guard } from './stray-errors.ts';

let lines: string[];
let stop: () => void;
let gaveUp: number;
beforeEach(() => {
  lines = [];
  gaveUp = 0;
  const log = createLog('info', { write: (line) => lines.push(line) });
  stop = catchStrayErrors(log, () => gaveUp++);
});
afterEach(() => stop());

const fail = (message: string): void => {
  throw new Error(message);
};

test('a timer that throws stops nothing, is logged once, and is called again', async () => {
  let turns = 0;
  const cancel = every(systemClock, 5, () => {
    turns++;
    fail('the disk is gone');
  });
  await expect.poll(() => turns).toBeGreaterThan(3);
  cancel();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('the disk is gone');
});

test('a listener that throws disturbs neither the next listener nor the emitter', () => {
  const emitter = new GuardedEmitter<{ word: [string] }>();
  const heard: string[] = [];
  emitter.once('word', () => fail('first'));
  emitter.on('word', (word) => heard.push(word));
  expect([emitter.emit('word', 'a'), emitter.emit('word', 'b')]).toEqual([true, true]);
  expect(heard).toEqual(['a', 'b']);
  expect(lines).toHaveLength(1);
});

test('running out of descriptors is logged as one sentence, however many calls failed', () => {
  for (const call of ['accept', 'open']) {
    guard(() => {
      throw Object.assign(new Error(`${call} EMFILE`), { code: 'EMFILE' });
    })();
  }
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('no file descriptor is free');
});

test('a process with too many errors in one minute gives up', () => {
  for (let n = 0; n < 1000; n++) guard(fail)(`error ${n % 3}`);
  expect(gaveUp).toBe(1);
  expect(lines).toHaveLength(4);
});

test('without a gateway an error is rethrown', () => {
  stop();
  expect(() => guard(fail)('here')).toThrow('here');
});
