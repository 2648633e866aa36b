import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EdgeContent, type EdgeState, initialEdge, nextEdge } from './edge-controller.ts';

const PART_S = 0.1;

/** A buffer that is filled part by part and played at the advised rate. */
class Playback {
  edge: EdgeState;
  nowMs = 0;
  aheadS: number;
  jumps = 0;
  fastest = 0;
  #owedS = 0;

  constructor(aheadS: number, content: EdgeContent = 'picture') {
    this.aheadS = aheadS;
    this.edge = initialEdge(2 * PART_S, content, 0);
  }

  /** `arriving`: seconds of media per second of time. */
  run(seconds: number, arriving = 1, heldS = 0): this {
    for (const endMs = this.nowMs + seconds * 1000; this.nowMs < endMs; ) {
      this.nowMs += 50;
      this.#owedS += 0.05 * arriving;
      if (this.#owedS >= PART_S) {
        this.aheadS += PART_S;
        this.#owedS -= PART_S;
      }
      this.aheadS = Math.max(this.aheadS - 0.05 * this.edge.rate, 0);
      this.edge = nextEdge(this.edge, {
        nowMs: this.nowMs,
        aheadS: this.aheadS,
        isStarved: this.aheadS === 0,
        heldS,
      });
      this.fastest = Math.max(this.fastest, this.edge.rate);
      if (!this.edge.shouldJump) continue;
      this.jumps++;
      this.aheadS = this.edge.targetS;
    }
    return this;
  }
}

describe('the play position', () => {
  test.each([
    ['near the edge stays there', 0.2],
    ['a little behind catches up', 0.6],
  ])('%s', (_name, aheadS) => {
    const playback = new Playback(aheadS).run(20);
    expect(playback.aheadS).toBeGreaterThan(0.05);
    expect(playback.aheadS).toBeLessThan(0.35);
    expect(playback.edge.stalls).toBe(0);
    expect(playback.jumps).toBe(0);
  });

  test('a stream that falls a second behind while it starts catches up without a jump', () => {
    const playback = new Playback(1.2).run(3);
    expect(playback).toMatchObject({ jumps: 0, fastest: 1.5 });
    expect(playback.aheadS).toBeLessThan(0.4);
  });

  test('a stream that starts far behind jumps once', () => {
    const playback = new Playback(9.9).run(5);
    expect(playback.jumps).toBe(1);
    expect(playback.aheadS).toBeLessThan(0.4);
  });

  test.each([
    ['a little behind, nobody hears it', 0.5, 1.1, 0],
    ['far behind, by the fastest rate', 2, 1.5, 0],
    ['farther behind, by a jump', 8, 1.1, 1],
  ])('later: %s', (_name, lateS, fastest, jumps) => {
    const playback = new Playback(0.2).run(5);
    playback.aheadS += lateS;
    playback.run(20);
    expect(playback.fastest).toBeLessThanOrEqual(fastest);
    expect(playback.jumps).toBe(jumps);
    expect(playback.aheadS).toBeLessThan(0.4);
  });
});

describe('sound', () => {
  test('alone changes its pitch hardly when it is near the target', () => {
    const playback = new Playback(0.2, 'sound').run(5);
    playback.aheadS += 0.15;
    expect(playback.run(1).edge.rate).toBe(1.03);
    expect(playback.run(20)).toMatchObject({ fastest: 1.03, jumps: 0 });
    expect(playback.aheadS).toBeLessThan(0.35);
  });

  test('with its picture catches up fast while far from the target and slowly when near', () => {
    const playback = new Playback(0.2, 'both').run(5);
    playback.aheadS += 0.3;
    expect(playback.run(1).edge.rate).toBe(1.1);
    expect(playback.run(2).edge.rate).toBe(1.03);
    expect(playback.run(20)).toMatchObject({ fastest: 1.1, jumps: 0 });
    expect(playback.aheadS).toBeLessThan(0.35);
  });

  test('alone jumps instead of catching up', () => {
    const playback = new Playback(0.2, 'sound').run(5);
    playback.aheadS += 0.6;
    expect(playback.run(2)).toMatchObject({ fastest: 1, jumps: 1 });
  });

  test('that is buffered and does not play makes the play position jump, at most once in a while', () => {
    let edge = initialEdge(0.2, 'sound', 0);
    let jumps = 0;
    for (let nowMs = 50; nowMs <= 5000; nowMs += 50) {
      edge = nextEdge(edge, { nowMs, aheadS: 0.4, isStarved: nowMs > 4000 });
      jumps += Number(edge.shouldJump);
    }
    expect(jumps).toBe(2);
  });
});

test('a picture waits for its sound as long as it is told to, and no longer', () => {
  const playback = new Playback(0.2).run(5).run(10, 1, 0.4);
  expect(playback.aheadS).toBeGreaterThan(0.3);
  expect(playback.run(10).aheadS).toBeLessThan(0.35);
});

describe('the target', () => {
  test('starts at two parts and does not move while calm', () => {
    expect(new Playback(0.2).run(59).edge.targetS).toBe(2 * PART_S);
  });

  test('grows after a stall and shrinks after a calm minute', () => {
    const playback = new Playback(0.2).run(5).run(1, 0);
    expect(playback.edge.stalls).toBe(1);
    const grown = playback.edge.targetS;
    expect(grown).toBeGreaterThan(0.25);
    playback.run(62);
    expect(playback.edge.targetS).toBeLessThan(grown);
    playback.run(600);
    expect(playback.edge.targetS).toBe(2 * PART_S);
  });

  test('waiting for the first picture does not count as a stall', () => {
    expect(new Playback(0).run(3, 0).edge.stalls).toBe(0);
  });
});

test('whatever the buffer does, advice stays within its limits', () => {
  const sample = fc.record({
    waitMs: fc.integer({ min: 0, max: 120_000 }),
    aheadS: fc.double({ min: -1, max: 60, noNaN: true }),
    isStarved: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(sample), fc.constantFrom('picture', 'sound', 'both'), (samples, content) => {
      let edge = initialEdge(2 * PART_S, content, 0);
      let nowMs = 0;
      for (const { waitMs, ...rest } of samples) {
        nowMs += waitMs;
        edge = nextEdge(edge, { nowMs, ...rest });
        expect([0.93, 0.97, 1, 1.03, 1.1, 1.5]).toContain(edge.rate);
        expect(edge.targetS).toBeGreaterThanOrEqual(2 * PART_S);
        expect(edge.targetS).toBeLessThanOrEqual(4);
      }
    }),
  );
});
