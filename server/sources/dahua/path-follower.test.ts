import { beforeEach, expect, test } from 'vitest';
import type { SourceSink } from '../../hub/source.ts';
import type { AccessUnit } from '../../media/access-unit.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { DevicePath } from './device-path.ts';
import { PathFollower } from './path-follower.ts';

const VIDEO = [{ kind: 'video', codec: 'h264', parameterSets: [] }] as const;

/** One path on which the test plays by hand. */
type Played = { sink: SourceSink; signal: AbortSignal; end: (error?: GatewayError) => void };

let best: DevicePath;
let change: () => void;
let played: Played[];
let shown: string[];
let abort: AbortController;
let ended: Promise<unknown>;

const path = (): DevicePath => ({}) as DevicePath;
const picture = (ptsUs: number, keyframe = false): AccessUnit => ({
  track: 0,
  receivedUs: 0,
  payload: [],
  ptsUs,
  keyframe,
});
const moveTo = (next: DevicePath): void => {
  best = next;
  change();
};

beforeEach(() => {
  best = path();
  played = [];
  shown = [];
  abort = new AbortController();
  const choice = {
    get best() {
      return best;
    },
    onPathChange: (listener: () => void) => {
      change = listener;
      return () => {};
    },
  };
  const sink: SourceSink = {
    tracks: () => void shown.push('tracks'),
    publish: (unit) => void shown.push(String(unit.ptsUs)),
    step: (step) => void shown.push(step),
  };
  const play = (_path: DevicePath, pathSink: SourceSink, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => resolve());
      played.push({ sink: pathSink, signal, end: (error) => (error ? reject(error) : resolve()) });
    });
  ended = new PathFollower(choice, sink, play).run(abort.signal).then(
    () => 'resolved',
    (error) => error,
  );
});

const at = (index: number): Played => played[index] as Played;

test('the new path takes over at its first key frame, and the old one plays until then', () => {
  at(0).sink.tracks(VIDEO);
  at(0).sink.publish(picture(1, true));
  moveTo(path());
  at(1).sink.step('connecting');
  at(1).sink.tracks(VIDEO);
  at(1).sink.publish(picture(100));
  at(0).sink.publish(picture(2));
  at(1).sink.publish(picture(101, true));
  at(0).sink.publish(picture(3));
  at(1).sink.publish(picture(102));
  expect(shown).toEqual(['tracks', '1', '2', 'tracks', '101', '102']);
  expect([at(0).signal.aborted, at(1).signal.aborted]).toEqual([true, false]);
});

test('a path that recovers before that is kept', () => {
  const first = best;
  moveTo(path());
  moveTo(first);
  expect([played.length, at(0).signal.aborted, at(1).signal.aborted]).toEqual([2, false, true]);
});

test('when the old path dies meanwhile, the new one decides how it ends', async () => {
  moveTo(path());
  at(0).end(new GatewayError('timeout', 'lost'));
  await new Promise(setImmediate);
  at(1).end(new GatewayError('no-such-path', 'refused'));
  expect(await ended).toMatchObject({ code: 'no-such-path' });
});

test('when the new path fails, the old one goes on', async () => {
  moveTo(path());
  at(1).end(new GatewayError('timeout', 'lost'));
  await new Promise(setImmediate);
  at(0).sink.tracks(VIDEO);
  at(0).sink.publish(picture(1, true));
  expect(shown).toEqual(['tracks', '1']);
});

test('the end of the only path is the end', async () => {
  at(0).end(new GatewayError('wrong-password', 'refused'));
  expect(await ended).toMatchObject({ code: 'wrong-password' });
});

test('an abort ends every path', async () => {
  moveTo(path());
  abort.abort();
  expect(await ended).toBe('resolved');
  expect(played.every(({ signal }) => signal.aborted)).toBe(true);
});
