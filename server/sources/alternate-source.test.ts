import { expect, test } from 'vitest';
import type { ErrorCode } from '../../shared/error-code.ts';
import type { SourceAdapter, SourceSink } from '../hub/source.ts';
import { GatewayError } from '../platform/errors.ts';
import { alternate } from './alternate-source.ts';

const SINK: SourceSink = { tracks: () => {}, step: () => {}, publish: () => {} };
const PICTURE = { track: 0, ptsUs: 0, receivedUs: 0, keyframe: true, payload: [] };

/** Notes each attempt; ends as its list says: a code of failure, behind a picture where it begins with `shown `. */
function source(name: string, asked: string[], ends: string[]): SourceAdapter {
  return {
    run: async (sink) => {
      asked.push(name);
      const [code, shown] = (ends.shift() ?? 'refused').split(' ').reverse();
      if (shown) sink.publish(PICTURE);
      throw new GatewayError(code as ErrorCode, name);
    },
  };
}

async function attempts(main: string[], fallback: string[], count: number) {
  const asked: string[] = [];
  const both = alternate(source('main', asked, main), source('fallback', asked, fallback));
  const codes: string[] = [];
  for (let attempt = 0; attempt < count; attempt++) {
    await both.run(SINK, new AbortController().signal).catch((error: GatewayError) => codes.push(error.code));
  }
  return { asked, codes };
}

test('where the main address is gone the second one is tried in the same attempt', async () => {
  const { asked, codes } = await attempts(['refused'], ['shown camera-closed'], 1);
  expect([asked, codes]).toEqual([['main', 'fallback'], ['camera-closed']]);
});

test('a loss makes the next attempt on the other address', async () => {
  const { asked } = await attempts(['shown stalled', 'shown stalled'], ['shown stalled'], 3);
  expect(asked).toEqual(['main', 'fallback', 'main']);
});

test('only when both are gone the camera is, and the main address is asked first again', async () => {
  const { asked, codes } = await attempts(['refused', 'refused'], ['no-route', 'no-route'], 2);
  expect(asked).toEqual(['main', 'fallback', 'main', 'fallback']);
  expect(codes).toEqual(['no-route', 'no-route']);
});

test('a wrong password is said at once: another attempt could lock the account', async () => {
  const { asked, codes } = await attempts(['wrong-password'], [], 1);
  expect([asked, codes]).toEqual([['main'], ['wrong-password']]);
});
