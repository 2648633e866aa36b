import { describe, expect, test } from 'vitest';
import type { StreamState } from '../../../../shared/camera.ts';
import { type Evidence, judge, type Report } from './freeze.ts';

const NOW = 100_000;
const LIVE: StreamState = { phase: 'live', sinceMs: 0 };
const STALLED: StreamState & { phase: 'stalled' } = { phase: 'stalled', sinceMs: 0 };
const offline = (code: 'no-route' | 'timeout' | 'device-away' | 'camera-away'): StreamState => ({
  phase: 'offline',
  code,
  message: '',
  sinceMs: 0,
});

/** What the gateway said a moment ago of a camera whose newest picture is this old. */
function said(stream: StreamState, pictureAgeMs: number, limitMs = 1000): Report {
  return { stream, asOfMs: NOW - 100, madeAtMs: NOW - pictureAgeMs, limitMs };
}

/** A picture that has been live for a minute. */
function evidence(change: Partial<Evidence>): Evidence {
  return {
    nowMs: NOW,
    watchedSinceMs: NOW - 60_000,
    newsAtMs: NOW - 40,
    isMarked: true,
    ownLimitMs: 1000,
    bytes: undefined,
    unansweredMs: 0,
    isOnline: true,
    isReachable: true,
    report: said(LIVE, 40),
    ...change,
  };
}

describe('live is only what is new', () => {
  test.each<[string, Partial<Evidence>]>([
    ['pictures come', {}],
    ['just before the limit', { newsAtMs: NOW - 1000 }],
    ['a picture a second', { newsAtMs: NOW - 1900, ownLimitMs: undefined, report: said(LIVE, 900, 2300) }],
    ['a picture every five seconds', { newsAtMs: NOW - 6000, ownLimitMs: 1000, report: said(LIVE, 900, 10_300) }],
    ['a network that delivers unevenly', { newsAtMs: NOW - 1080, ownLimitMs: 1800 }],
    ['a slow camera of which the gateway has not told', { newsAtMs: NOW - 1900, ownLimitMs: 2300, report: undefined }],
    ['the gateway does not answer, and pictures come all the same', { unansweredMs: 9000, isReachable: false }],
    ['the device says that it is offline, and pictures come all the same', { isOnline: false }],
    ['the gateway has not heard yet what a marked picture shows', { report: said(STALLED, 3000) }],
  ])('%s', (_name, change) => {
    expect(judge(evidence(change))).toBe('live');
  });

  test('pictures without marks that begin a new way may be those of before the silence', () => {
    const begun = { isMarked: false, watchedSinceMs: NOW - 300, newsAtMs: NOW - 10 };
    expect(judge(evidence({ ...begun, report: said(STALLED, 3000) }))).toEqual({
      sinceMs: NOW - 3000,
      culprit: 'camera',
    });
    expect(judge(evidence({ ...begun, report: said(LIVE, 200) }))).toBe('live');
  });

  test.each([400, 10])(
    'pictures without marks are no newer than the newest that the gateway has: %d ms ago',
    (ageMs) => {
      const shown = { isMarked: false, newsAtMs: NOW - ageMs, report: said(STALLED, 3000) };
      expect(judge(evidence(shown))).toMatchObject({ sinceMs: NOW - 3000, culprit: 'camera' });
    },
  );

  test('a network that stands for longer than a second and a half stands, however often it does', () => {
    expect(judge(evidence({ newsAtMs: NOW - 1500, ownLimitMs: 4000 }))).toMatchObject({ culprit: 'unknown' });
  });
});

describe('a picture that nobody has seen followed by another', () => {
  const before: Partial<Evidence> = { newsAtMs: undefined, watchedSinceMs: NOW - 200 };
  test.each<[string, Partial<Evidence>, unknown]>([
    ['is waited for', {}, 'waiting'],
    [
      'is waited for as long as the camera takes',
      { watchedSinceMs: NOW - 5000, report: said(LIVE, 900, 10_300) },
      'waiting',
    ],
    ['is no live one for ever', { watchedSinceMs: NOW - 1600, report: said(LIVE, 400) }, 'frozen'],
    ['stands already when the camera is silent', { report: said(STALLED, 3000) }, 'frozen'],
    ['of a page that is looked at again', { newsAtMs: NOW - 50_000 }, 'waiting'],
    [
      'of a page that is looked at again, of a silent camera',
      { newsAtMs: NOW - 50_000, report: said(STALLED, 3000) },
      'frozen',
    ],
  ])('%s', (_name, change, expected) => {
    const verdict = judge(evidence({ ...before, ...change }));
    expect(typeof verdict === 'string' ? verdict : 'frozen').toBe(expected);
  });
});

describe('the culprit', () => {
  const still: Partial<Evidence> = { newsAtMs: NOW - 1100, report: said(LIVE, 1050) };
  test.each<[string, Partial<Evidence>, string]>([
    ['nothing is known beyond the silence', {}, 'unknown'],
    ['the gateway knows nothing of the stream', { report: undefined }, 'unknown'],
    ['the gateway waits for the camera too', { report: said(STALLED, 1050) }, 'camera'],
    [
      'the gateway waits, though old pictures are sent again',
      { report: said(STALLED, 1050), bytes: 'arrive' },
      'camera',
    ],
    [
      'the gateway looks whether the camera is there',
      { report: said({ ...STALLED, cause: 'being-found-out' }, 1050) },
      'unknown',
    ],
    ['the camera is there', { report: said({ ...STALLED, cause: 'camera' }, 1050) }, 'camera'],
    ['the camera is not there', { report: said({ ...STALLED, cause: 'uplink' }, 1050) }, 'uplink'],
    ['the camera went away', { report: said(offline('timeout'), 1050) }, 'camera'],
    ['there is no way to the camera', { report: said(offline('no-route'), 1050) }, 'uplink'],
    ['the device at its site is not connected', { report: said(offline('device-away'), 1050) }, 'uplink'],
    ['that device does not reach the camera', { report: said(offline('camera-away'), 1050) }, 'camera'],
    ['the gateway is asked and may be busy', { unansweredMs: 900 }, 'unknown'],
    ['the gateway does not answer', { unansweredMs: 1600, bytes: 'stay-out' }, 'gateway'],
    [
      'the gateway said that the camera is silent, and answers no more',
      { report: said(STALLED, 1050), unansweredMs: 1600 },
      'gateway',
    ],
    ['the gateway is known to be gone', { isReachable: false }, 'gateway'],
    ['the device has no network', { isReachable: false, isOnline: false }, 'network'],
    ['no answer, and the device has no network', { unansweredMs: 1600, isOnline: false }, 'network'],
    ['the camera sends, and it is not known yet what arrives', { report: said(LIVE, 30) }, 'unknown'],
    ['the camera sends, nothing arrives', { report: said(LIVE, 30), bytes: 'stay-out' }, 'network'],
    ['the camera sends, it arrives, nothing is shown', { report: said(LIVE, 30), bytes: 'arrive' }, 'browser'],
    ['the newest picture that there is has been shown', { report: said(LIVE, 1000), bytes: 'stay-out' }, 'unknown'],
  ])('%s: %s', (_name, change, culprit) => {
    expect(judge(evidence({ ...still, ...change }))).toMatchObject({ sinceMs: NOW - 1100, culprit });
  });
});
