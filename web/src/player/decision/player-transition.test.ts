import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StreamState } from '../../../../shared/camera.ts';
import { type Behaviour, GOOD, PlayerWorld, SILENT } from '../player-world.ts';
import type { Sight } from './freeze.ts';
import { initialState, isSilent, type Loss, type PlayerState, phaseOf } from './player-state.ts';
import { next } from './player-transition.ts';

const LIVE: StreamState = { phase: 'live', sinceMs: 0 };
const SIGHT: Sight = {
  newsAtMs: undefined,
  isMarked: true,
  ownLimitMs: undefined,
  bytes: undefined,
  unansweredMs: 0,
  isOnline: true,
};
const BROKEN: Loss = { kind: 'broken', why: 'connection' };
const REFUSED: Behaviour = { loss: BROKEN, lossMs: 20 };

function world(network: Partial<PlayerWorld['network']> = {}): PlayerWorld {
  const made = new PlayerWorld();
  Object.assign(made.network, network);
  return made;
}

describe('sound that WebRTC does not bring', () => {
  const AAC = { type: 'codec', unsupported: [], silent: ['webrtc'], isSoundOnly: false } as const;

  test('moves the picture to live.mp4 while it is wanted, and back', () => {
    const w = world();
    w.send(AAC);
    w.start().run(5000);
    w.send({ type: 'sound', wanted: true });
    w.run(5000);
    w.send({ type: 'sound', wanted: false });
    w.run(60_000);
    expect(w.shown).toEqual(['webrtc/main', 'mp4/main', 'webrtc/main']);
  });

  test('moves a picture that was opened with sound before anything was known of it', () => {
    const w = world().start();
    w.send({ type: 'sound', wanted: true });
    w.run(5000);
    w.send(AAC);
    w.run(60_000);
    expect(w.shown.at(-1)).toBe('mp4/main');
    expect(isSilent(w.state)).toBe(false);
  });

  test('stays away where no way brings it, and that is known', () => {
    const w = world().start();
    w.send({ ...AAC, silent: ['webrtc', 'mp4', 'hls'] });
    w.send({ type: 'sound', wanted: true });
    w.run(60_000);
    expect(w.shown.at(-1)).toBe('webrtc/main');
    expect(isSilent(w.state)).toBe(true);
  });
});

describe('starting', () => {
  test('WebRTC shows the picture and nothing else is opened', () => {
    const w = world().start().run(5000);
    expect(w.shown).toEqual(['webrtc/main']);
    expect(w.opened).toBe(1);
    expect(w.state.switches).toBe(0);
  });

  test('a browser without WebRTC starts with live.mp4 at once', () => {
    const w = world();
    w.send({
      type: 'codec',
      silent: [],
      isSoundOnly: false,
      unsupported: [
        { transport: 'webrtc', quality: 'main', reason: 'no-webrtc' },
        { transport: 'webrtc', quality: 'sub', reason: 'no-webrtc' },
      ],
    });
    w.start().run(400);
    expect(w.shown).toEqual(['mp4/main']);
    expect(w.run(120_000).state.switches).toBe(0);
  });

  test.each([
    ['UDP and TCP of WebRTC blocked', { webrtc: SILENT }, 'mp4/main'],
    ['and a proxy that buffers responses', { webrtc: SILENT, mp4: SILENT }, 'hls/main'],
    ['WebRTC connects and carries nothing, live.mp4 is refused', { webrtc: SILENT, mp4: REFUSED }, 'hls/main'],
  ])('%s: plays within 3 s', (_name, network, expected) => {
    const w = world(network).start().run(3000);
    expect(w.shown).toEqual([expected]);
  });

  test('a slow WebRTC takes over from live.mp4 as soon as it shows a picture', () => {
    const w = world({ webrtc: { connectMs: 2000, frameMs: 2200 } })
      .start()
      .run(60_000);
    expect(w.shown).toEqual(['mp4/main', 'webrtc/main']);
    expect(w.state.switches).toBe(1);
  });

  test('a camera that is still starting does not count as a failure of a transport', () => {
    const w = world().start({ phase: 'starting', step: 'connecting', sinceMs: 0 }).run(30_000);
    expect(w.opened).toBe(1);
    expect(phaseOf(w.state)).toBe('starting');
    w.facts(LIVE);
    expect(w.run(500).shown).toEqual(['webrtc/main']);
  });

  test('when this browser can play the sub-stream only, the sub-stream is played', () => {
    const w = world();
    const reason = 'codec' as const;
    w.send({
      type: 'codec',
      silent: [],
      isSoundOnly: false,
      unsupported: (['webrtc', 'mp4', 'hls'] as const).map((transport) => ({ transport, quality: 'main', reason })),
    });
    expect(w.start().run(1000).shown).toEqual(['webrtc/sub']);
  });

  test('when this browser can play nothing, it says so and tries nothing', () => {
    const unsupported: Behaviour = { loss: { kind: 'unsupported', reason: 'codec' } };
    const w = world({ webrtc: unsupported, mp4: unsupported, hls: unsupported }).start().run(60_000);
    expect(phaseOf(w.state)).toBe('unsupported');
    expect(w.opened).toBe(6);
  });
});

test('a tick that changes nothing gives the same state object, so that nothing is drawn again', () => {
  for (const network of [{}, { webrtc: REFUSED }, { webrtc: SILENT, mp4: SILENT, hls: SILENT }]) {
    const w = world(network).start().run(1000);
    const { state } = w;
    w.send({ type: 'tick', ...SIGHT, newsAtMs: w.nowMs - 40 });
    expect(w.state).toBe(state);
  }
});

test('time in which the page got no processor does not count against a transport', () => {
  const slow: Behaviour = { connectMs: 4000, frameMs: 4200 };
  const w = world({ webrtc: slow }).start();
  for (let round = 0; round < 8; round++) {
    w.nowMs += 450;
    w.send({ type: 'tick', ...SIGHT, lateMs: 450 });
    w.run(50);
  }
  expect(w.run(500).shown).toEqual(['webrtc/main']);
  expect(w.opened).toBe(1);
});

describe('recovering', () => {
  test('a gateway that is killed and restarted: the same transport again, no switch', () => {
    const w = world().start().run(30_000);
    Object.assign(w.network, { webrtc: REFUSED, mp4: REFUSED, hls: REFUSED });
    w.frames = w.bytes = false;
    w.facts(LIVE, false);
    w.run(3000);
    expect(w.state.frozen?.culprit).toBe('gateway');
    w.loseShown();
    w.run(5000);
    Object.assign(w.network, { webrtc: GOOD, mp4: GOOD, hls: GOOD });
    w.frames = w.bytes = true;
    w.facts(LIVE);
    w.run(1000);
    expect(w.shown).toEqual(['webrtc/main', 'webrtc/main']);
    expect(w.state.switches).toBe(0);
    expect(phaseOf(w.state)).toBe('live');
  });

  test('a transport that worked before is given more time than a new one', () => {
    const w = world().start().run(30_000);
    w.network.webrtc = { connectMs: 1500, frameMs: 1700 };
    w.loseShown();
    w.run(5000);
    expect(w.shown).toEqual(['webrtc/main', 'webrtc/main']);
    expect(w.state.switches).toBe(0);
  });

  test('when the gateway was away and the transport did not notice, the gateway is asked again once it is back', () => {
    const w = world().start().run(10_000);
    w.frames = w.bytes = false;
    w.facts(LIVE, false);
    w.run(8000);
    expect(w.shown).toHaveLength(1);
    w.frames = true;
    w.facts(LIVE);
    w.run(1000);
    expect(w.shown).toEqual(['webrtc/main', 'webrtc/main']);
  });

  test('a camera that stops sending is named, and the transport stays', () => {
    const w = world().start().run(10_000);
    w.frames = w.bytes = false;
    w.facts({ phase: 'stalled', sinceMs: 0 });
    w.run(60_000);
    expect(w.state.frozen?.culprit).toBe('camera');
    expect(w.opened).toBe(1);
    w.facts(LIVE);
    w.frames = w.bytes = true;
    w.run(200);
    expect(phaseOf(w.state)).toBe('live');
    expect(w.state.switches).toBe(0);
  });

  test('a decoder that stops while bytes still arrive is replaced', () => {
    const w = world().start().run(10_000);
    w.frames = false;
    w.run(3000);
    expect(w.state.frozen?.culprit).toBe('browser');
    w.run(1500);
    w.frames = true;
    w.run(500);
    expect(w.shown).toEqual(['webrtc/main', 'webrtc/main']);
  });

  test('a hidden tab for a minute changes nothing', () => {
    const w = world().start().run(5000);
    w.send({ type: 'visibility', visible: false });
    w.frames = false;
    w.run(60_000);
    w.frames = true;
    w.send({ type: 'visibility', visible: true });
    w.run(2000);
    expect(w.opened).toBe(1);
    expect(phaseOf(w.state)).toBe('live');
  });

  test('a network change ends the wait for a better transport', () => {
    const w = world({ webrtc: REFUSED }).start().run(60_000);
    w.network.webrtc = GOOD;
    w.send({ type: 'network-changed' });
    expect(w.run(500).shown).toEqual(['mp4/main', 'webrtc/main']);
  });
});

describe('hysteresis', () => {
  test('a transport that never connects is tried ever more rarely', () => {
    const w = world({ webrtc: REFUSED }).start().run(600_000);
    expect(w.shown).toEqual(['mp4/main']);
    expect(w.opened).toBeLessThanOrEqual(9);
  });

  test('a transport that dies soon after each upgrade does not flap', () => {
    const w = world({ webrtc: { connectMs: 2500, frameMs: 3000 } }).start();
    for (let second = 0; second < 600; second++) {
      w.run(1000);
      const shown = w.state.shown;
      if (shown?.transport === 'webrtc' && w.nowMs - (shown.shownAtMs ?? 0) > 8000) w.loseShown();
    }
    expect(w.state.switches).toBeLessThanOrEqual(16);
    expect(w.shown.at(-1)).toBe('mp4/main');
  });

  test('after a calm minute the past is forgotten', () => {
    const w = world({ webrtc: { connectMs: 2000, frameMs: 2200 } })
      .start()
      .run(30_000);
    w.loseShown();
    w.run(90_000);
    expect(w.state.shown?.transport).toBe('webrtc');
    expect(w.state.standing.webrtc.failures).toBe(0);
  });
});

describe('refusals', () => {
  test.each(['share-revoked', 'share-expired', 'not-allowed', 'not-signed-in'] as const)(
    '%s closes everything',
    (code) => {
      const w = world().start().run(2000);
      w.loseShown({ kind: 'refused', code, message: 'No.' });
      w.run(60_000);
      expect(phaseOf(w.state)).toBe('refused');
      expect(w.opened).toBe(1);
    },
  );

  test('after "too many viewers" the player asks again until a viewer leaves', () => {
    const full: Behaviour = { loss: { kind: 'refused', code: 'too-many-viewers', message: '16 of 16.' } };
    const w = world({ webrtc: full }).start().run(30_000);
    expect(phaseOf(w.state)).toBe('refused');
    expect(w.opened).toBeLessThan(12);
    w.network.webrtc = GOOD;
    w.run(10_000);
    expect(w.shown).toEqual(['webrtc/main']);
    expect(phaseOf(w.state)).toBe('live');
  });
});

describe('quality', () => {
  test('the sub-stream plays until the main one shows, by the same transport', () => {
    const w = world({ webrtc: SILENT }).start().run(4000);
    w.send({ type: 'quality', quality: 'sub' });
    expect(w.state.shown?.quality).toBe('main');
    w.run(1000);
    expect(w.shown).toEqual(['mp4/main', 'mp4/sub']);
    expect(w.state.switches).toBe(0);
  });
});

describe('sound', () => {
  test.each([
    ['webrtc', {}],
    ['mp4', { webrtc: REFUSED }],
  ])('comes up behind the muted picture of %s, and is not taken away again', (transport, ways) => {
    const w = world(ways).start().run(4000);
    expect(w.state.shown).toMatchObject({ transport, sound: false });
    w.send({ type: 'sound', wanted: true });
    w.run(1000);
    expect(w.state.shown).toMatchObject({ transport, sound: true });
    w.send({ type: 'sound', wanted: false });
    w.run(1000);
    expect(w.shown).toEqual([`${transport}/main`, `${transport}/main`]);
    expect(w.state.switches).toBe(0);
  });
});

test('whatever happens: at most three transports open, none when stopped, ids never reused', () => {
  const id = fc.integer({ min: 1, max: 12 });
  const loss = fc.constantFrom<Loss>(
    BROKEN,
    { kind: 'unsupported', reason: 'codec' },
    { kind: 'refused', code: 'too-many-viewers', message: '' },
    { kind: 'refused', code: 'share-revoked', message: '' },
  );
  const stream = fc.constantFrom<StreamState | undefined>(
    undefined,
    LIVE,
    { phase: 'stalled', sinceMs: 0 },
    { phase: 'idle' },
  );
  const event = fc.oneof(
    fc.constantFrom({ type: 'start' }, { type: 'stop' }, { type: 'retry' }, { type: 'network-changed' }),
    fc.record({ type: fc.constant('quality'), quality: fc.constantFrom('main', 'sub') }),
    fc.record({ type: fc.constantFrom('connected', 'first-frame'), id }),
    fc.record({ type: fc.constant('lost'), id, loss }),
    fc.record({ type: fc.constant('facts'), reachable: fc.boolean(), stream }),
    fc.record({ type: fc.constant('visibility'), visible: fc.boolean() }),
    fc.record({
      type: fc.constant('tick'),
      newsAtMs: fc.option(fc.nat(100_000), { nil: undefined }),
      isMarked: fc.boolean(),
      ownLimitMs: fc.constantFrom(undefined, 1000, 10_000),
      bytes: fc.constantFrom('arrive', 'stay-out', undefined),
      unansweredMs: fc.nat(3000),
      isOnline: fc.boolean(),
      lateMs: fc.nat(600),
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(event, fc.nat(4000)), { maxLength: 60 }), (script) => {
      let state: PlayerState = initialState('main');
      let nowMs = 0;
      for (const [step, waitMs] of script) {
        nowMs += waitMs;
        state = next(state, { ...step, nowMs } as Parameters<typeof next>[1]);
        const open = [...state.trying, ...(state.shown ? [state.shown] : [])];
        expect(open.length).toBeLessThanOrEqual(3);
        expect(new Set(open.map((attempt) => `${attempt.transport}/${attempt.quality}`)).size).toBe(open.length);
        if (!state.running) expect(open).toEqual([]);
      }
    }),
  );
});

describe('a camera that the gateway knows to be away', () => {
  const AWAY: StreamState = { phase: 'offline', code: 'no-route', message: 'No way.', sinceMs: 0 };
  const GONE: Behaviour = { loss: { kind: 'broken', why: 'camera' }, lossMs: 20 };

  test('is asked for in one way, ever less often, and at once when it is back', () => {
    const w = world({ webrtc: GONE, mp4: GONE, hls: GONE });
    w.start();
    w.facts(AWAY);
    w.run(60_000);
    expect(w.shown).toEqual([]);
    // After half a second, one, two, four, and then every eight.
    expect(w.opened).toBeLessThanOrEqual(12);
    expect(phaseOf(w.state)).toBe('offline');
    Object.assign(w.network, { webrtc: GOOD });
    w.facts(LIVE);
    w.run(1500);
    expect(w.shown).toEqual(['webrtc/main']);
  });
});
