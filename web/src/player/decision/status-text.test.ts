import { describe, expect, test } from 'vitest';
import { initialState, type PlayerState } from './player-state.ts';
import { statusOf } from './status-text.ts';

const CLOCKS = { wallMs: 1_000_000, pageMs: 60_000 };

function message(change: Partial<PlayerState>): string | undefined {
  return statusOf({ ...initialState('main'), running: true, ...change }, undefined, CLOCKS).message;
}

describe('what stands over the picture', () => {
  const shown = { id: 1, transport: 'webrtc', quality: 'main', sound: true, openedAtMs: 0, shownAtMs: 1 } as const;
  test.each<[string, Partial<PlayerState>, string | undefined]>([
    ['nothing while live', { shown }, undefined],
    [
      'the step of a camera that comes up',
      { stream: { phase: 'starting', step: 'asking', sinceMs: 0 } },
      'Asking the camera',
    ],
    [
      'how long the wait may be, once that is known',
      { stream: { phase: 'starting', step: 'waiting-for-key-frame', sinceMs: 0, keyFrameIntervalMs: 9600 } },
      'Waiting for the first picture (up to 10 s)',
    ],
    ['the browser, when the camera is live', { stream: { phase: 'live', sinceMs: 0 } }, 'Connecting…'],
    [
      'since when and by whose fault a picture stands',
      { shown, frozen: { sinceMs: 56_000, culprit: 'camera' } },
      'No new picture for 4 s. The camera stopped sending.',
    ],
    [
      'a gateway that is away',
      { gatewayReachable: false },
      'The gateway does not answer. It has stopped, or nothing gets to it from here.',
    ],
    [
      'the refusal in the gateway’s words',
      { refusal: { code: 'too-many-viewers', message: '16 of 16 people are watching.' } },
      '16 of 16 people are watching.',
    ],
  ])('%s', (_name, change, expected) => {
    expect(message(change)).toBe(expected);
  });

  test('offline says since when, why, and when the next attempt is', () => {
    const stream = {
      phase: 'offline',
      code: 'timeout',
      message: 'It did not answer.',
      sinceMs: 0,
      retryAtMs: 1_008_000,
    } as const;
    const words = /^Offline since .+\. It did not answer\. Trying again in 8 s\.$/;
    expect(message({ stream })).toMatch(words);
    expect(message({ stream, refusal: { code: 'too-many-viewers', message: 'Full.' } })).toMatch(words);
    expect(message({ stream, refusal: { code: 'share-revoked', message: 'Taken back.' } })).toBe('Taken back.');
  });

  test.each([
    ['h265', "cannot play H.265. Set the camera's video encoding to H.264"],
    ['h264', 'cannot play H.264. Update it'],
    [undefined, 'cannot play what this camera sends. Set'],
  ])('a codec that nothing here plays (%s) names what to change', (codec, sentence) => {
    const unsupported = (['webrtc', 'mp4', 'hls'] as const).flatMap((transport) =>
      (['main', 'sub'] as const).map((quality) => ({ transport, quality, reason: 'codec' as const })),
    );
    const tracks = codec ? [{ kind: 'video', codec }] : [];
    const camera = { tracks } as unknown as Parameters<typeof statusOf>[1];
    const state = { ...initialState('main'), running: true, unsupported };
    expect(statusOf(state, camera, CLOCKS).message).toContain(sentence);
  });
});
