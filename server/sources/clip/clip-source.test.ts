import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SourceSink } from '../../hub/source.ts';
import { Stream } from '../../hub/stream.ts';
import type { AccessUnit, TrackInfo } from '../../media/access-unit.ts';
import { recordToFile } from '../../outputs/record/record-to-file.ts';
import { systemClock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import { assetPath } from '../../platform/paths.ts';
import { TestClock } from '../../platform/testing/test-clock.ts';
import { createClipSource } from './clip-source.ts';

class Sink implements SourceSink {
  readonly units: AccessUnit[] = [];
  known: readonly TrackInfo[] = [];

  tracks(tracks: readonly TrackInfo[]): void {
    this.known = tracks;
  }
  publish(unit: AccessUnit): void {
    this.units.push(unit);
  }
  step(): void {}
}

let folder: string;
let clock: TestClock;
let stop: AbortController;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'oriel-clip-'));
  clock = new TestClock();
  stop = new AbortController();
});
afterEach(() => rmSync(folder, { recursive: true }));

const spec = (file: string) => ({ url: `clip://${file}`, transport: 'auto', connectTimeoutMs: 1000 }) as const;

async function until(isReached: () => boolean): Promise<void> {
  while (!isReached()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a clip as a camera', () => {
  test('frame n leaves at n / fps, round after round, and nothing is left when it stops', async () => {
    const sink = new Sink();
    const done = createClipSource(spec(assetPath('sub-360p.h264')), { clock }).run(sink, stop.signal);
    await until(() => sink.units.length > 0);
    await clock.advance(25_000);
    expect(sink.units).toHaveLength(25 * 15 + 1);
    expect(sink.units.map((unit) => unit.ptsUs)).toEqual(sink.units.map((_, index) => Math.round((index * 1e6) / 15)));
    expect(sink.units.filter((unit) => unit.keyframe).map((unit) => unit.ptsUs)).toEqual(
      Array.from({ length: 13 }, (_, index) => index * 2e6),
    );
    stop.abort();
    await done;
    expect(clock.waiting).toBe(0);
  });

  test('?fps= says what the file does not', async () => {
    const sink = new Sink();
    const done = createClipSource(spec(`${assetPath('main-720p.h265')}?fps=50`), { clock }).run(sink, stop.signal);
    await until(() => sink.units.length > 0);
    await clock.advance(1000);
    expect(sink.units).toHaveLength(51);
    expect(sink.known).toMatchObject([{ kind: 'video', codec: 'h265' }]);
    stop.abort();
    await done;
  });

  test('our own recording plays again, picture for picture', async () => {
    const stream = new Stream('door/main', systemClock);
    const file = path.join(folder, 'clip.mp4');
    const recording = recordToFile(stream, file, { durationMs: 3000 }, systemClock, stop.signal);
    const source = createClipSource(spec(assetPath('sub-360p.h264')), { clock });
    const first = new Sink();
    const both: SourceSink = {
      tracks: (tracks) => stream.sink.tracks(tracks),
      publish: (unit) => {
        first.publish(unit);
        stream.sink.publish(unit);
      },
      step: () => undefined,
    };
    const live = new AbortController();
    const done = source.run(both, live.signal);
    await until(() => first.units.length > 0);
    for (let step = 0; step < 40; step++) await clock.advance(100);
    await recording;
    live.abort();
    await done;
    const again = new Sink();
    const replay = createClipSource(spec(file), { clock }).run(again, stop.signal);
    await until(() => again.units.length > 0);
    await clock.advance(2900);
    expect(again.units.map((unit) => unit.payload.map((nal) => nal.length))).toEqual(
      first.units.slice(0, again.units.length).map((unit) => unit.payload.map((nal) => nal.length)),
    );
    expect(again.units.length).toBeGreaterThan(40);
    stop.abort();
    await replay;
  });
});

describe('says in a sentence what is wrong with', () => {
  test.each([
    ['a file that is not there', 'nothing.h264', 'no-such-path'],
    ['a file of another kind', 'clip.avi', 'not-supported'],
    ['a file of another kind that is not there', 'nothing.avi', 'not-supported'],
    ['an MP4 that is none', 'clip.mp4', 'bad-data'],
    ['a stream without a key frame', 'clip.h264', 'bad-data'],
  ])('%s', async (_name, name, code) => {
    const file = path.join(folder, name);
    if (!name.startsWith('nothing')) writeFileSync(file, 'no clip at all');
    const running = createClipSource(spec(file), { clock }).run(new Sink(), stop.signal);
    await expect(running).rejects.toMatchObject({ code });
  });
});

describe('is no ordinary file, and is never waited for:', () => {
  const nameOf = (kind: string): string => {
    const file = path.join(folder, `${kind}.h264`);
    if (kind === 'pipe') execFileSync('mkfifo', [file]);
    else if (kind === 'folder') mkdirSync(file);
    else symlinkSync(kind === 'zeros' ? '/dev/zero' : '/dev/tty', file);
    return file;
  };

  test.each(['pipe', 'folder', 'zeros', 'tty'])('%s', async (kind) => {
    const running = createClipSource(spec(nameOf(kind)), { clock }).run(new Sink(), stop.signal);
    await expect(running).rejects.toBeInstanceOf(GatewayError);
    const filesAtWork = () => process.getActiveResourcesInfo().filter((name) => name.startsWith('FSReq'));
    await expect.poll(filesAtWork).toEqual([]);
  });

  test('a huge file is refused before it is read', async () => {
    const file = path.join(folder, 'huge.h264');
    writeFileSync(file, '');
    truncateSync(file, 1024 ** 4);
    const before = process.memoryUsage.rss();
    const running = createClipSource(spec(file), { clock }).run(new Sink(), stop.signal);
    await expect(running).rejects.toMatchObject({ code: 'too-large' });
    expect(process.memoryUsage.rss() - before).toBeLessThan(50e6);
  });
});
