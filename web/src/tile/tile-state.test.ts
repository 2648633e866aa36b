import { describe, expect, test } from 'vitest';
import type { CameraView, StreamState } from '../../../shared/camera.ts';
import { initialState, type PlayerState } from '../player/decision/player-state.ts';
import { tileState } from './tile-state.ts';

const clocks = { wallMs: new Date(2026, 10, 21, 14, 3).getTime(), pageMs: 100_000 };
const sinceMs = new Date(2026, 10, 21, 14, 2).getTime();
const shown = { id: 1, sound: false, transport: 'webrtc', quality: 'sub', openedAtMs: 0, shownAtMs: 900 } as const;

const camera: CameraView = {
  id: 'gate',
  name: 'Gate',
  enabled: true,
  kind: 'rtsp',
  hasSubstream: true,
  main: { phase: 'idle' },
  sub: { phase: 'idle' },
  tracks: [],
  viewers: 0,
};

function player(changes: Partial<PlayerState>): PlayerState {
  return { ...initialState('sub'), running: true, ...changes };
}

function offline(code: 'timeout' | 'wrong-password', more: { retryAtMs?: number; step?: 'asking' } = {}): StreamState {
  return { phase: 'offline', code, message: 'as the gateway says it', sinceMs, ...more };
}

describe('a tile says what it waits for', () => {
  test.each([
    [player({ stream: { phase: 'starting', step: 'asking', sinceMs } }), 'Asking the camera'],
    [player({ stream: { phase: 'live', sinceMs } }), 'Connecting…'],
    [player({}), 'Connecting…'],
    [
      player({ gatewayReachable: false }),
      'The gateway does not answer. It has stopped, or nothing gets to it from here.',
    ],
  ])('case %#', (state, message) => {
    expect(tileState(state, camera, clocks).message).toBe(message);
  });
});

const FULL = { code: 'too-many-viewers', message: '16 of 16 people are watching.' } as const;

test('a live picture needs no words', () => {
  expect(tileState(player({ shown, stream: { phase: 'live', sinceMs } }), camera, clocks)).toEqual({
    mark: 'live',
    message: undefined,
    exactMs: undefined,
    action: undefined,
  });
});

test('a frozen picture says for how long and whose fault it is', () => {
  const state = tileState(player({ shown, frozen: { sinceMs: 96_000, culprit: 'camera' } }), camera, clocks);
  expect(state.mark).toBe('frozen');
  expect(state.message).toBe('No new picture for 4 s. The camera stopped sending.');
});

test('offline says since when, why and when it is tried again', () => {
  const state = tileState(player({ stream: offline('timeout', { retryAtMs: clocks.wallMs + 8000 }) }), camera, clocks);
  expect(state.message).toMatch(/^Offline since 14:02\. The camera did not answer in time\..* Trying again in 8 s\.$/);
  expect(state.action).toBe('try-now');
});

test('a camera that is being tried again says which step it is at', () => {
  const state = tileState(player({ stream: offline('timeout', { step: 'asking' }) }), camera, clocks);
  expect(state.message).toMatch(/Asking the camera\.$/);
});

test('a wrong password leads to the field that changes it', () => {
  expect(tileState(player({ stream: offline('wrong-password') }), camera, clocks).action).toBe('change-password');
});

test('a refusal is told in the words of the gateway when they carry numbers', () => {
  expect(tileState(player({ refusal: FULL }), camera, clocks).message).toBe(FULL.message);
});

test('a camera that is offline says so, also while all seats are taken', () => {
  const state = tileState(player({ refusal: FULL, stream: offline('timeout') }), camera, clocks);
  expect([state.mark, state.message]).toEqual(['offline', expect.stringMatching(/^Offline since 14:02/)]);
});

test('a tile that is off the screen still shows that its camera is offline', () => {
  const down = { ...camera, sub: offline('timeout') };
  expect(tileState(initialState('sub'), down, clocks).mark).toBe('offline');
  expect(tileState(initialState('sub'), { ...camera, enabled: false }, clocks).mark).toBe('off');
});
