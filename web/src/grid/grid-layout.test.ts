import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GridSpace, LAYOUTS, neighbour, type Place, pageSize, planGrid } from './grid-layout.ts';

const desk: GridSpace = { width: 1440, height: 852, aspect: 16 / 9, gap: 4, minTileWidth: 160 };
const phone: GridSpace = { ...desk, width: 360, height: 692 };
const wall: GridSpace = { ...desk, width: 3840, height: 2160 };

describe('the automatic layout', () => {
  test.each([
    ['one camera on a desk', 1, desk, 1],
    ['four on a desk', 4, desk, 2],
    ['nine on a desk', 9, desk, 3],
    ['thirty-six on a wall', 36, wall, 6],
    ['two on a phone stand above each other', 2, phone, 1],
    ['nine on a phone', 9, phone, 2],
    ['three beside each other in a very wide window', 3, { ...desk, width: 3000, height: 400 }, 3],
  ])('%s', (_name, count, space, columns) => {
    expect(planGrid('auto', count, space).columns).toBe(columns);
  });

  test('scrolls when pictures would become too small to read', () => {
    const plan = planGrid('auto', 36, phone);
    expect(plan.height).toBeGreaterThan(phone.height);
    expect(plan.places[0]?.width).toBeGreaterThanOrEqual(phone.minTileWidth);
  });

  test('no other number of columns would make the pictures larger', () => {
    const plan = planGrid('auto', 7, desk);
    for (let columns = 1; columns <= 7; columns++) {
      const width = Math.min(
        (desk.width - desk.gap * (columns - 1)) / columns,
        ((desk.height - desk.gap * (Math.ceil(7 / columns) - 1)) / Math.ceil(7 / columns)) * desk.aspect,
      );
      expect(plan.places[0]?.width).toBeGreaterThanOrEqual(width - 0.001);
    }
  });
});

test('a last row that is not full stands in the middle', () => {
  const { places, columns } = planGrid('auto', 5, desk);
  expect(columns).toBe(2);
  const [left, right] = [places[4]?.left ?? 0, (places[4]?.left ?? 0) + (places[4]?.width ?? 0)];
  expect(left).toBeCloseTo(desk.width - right);
});

test('there are layouts above 4 x 4', () => {
  expect([pageSize('5', 99), pageSize('6', 99)]).toEqual([25, 36]);
  expect(planGrid('6', 36, wall).columns).toBe(6);
});

test('in a window without room no tile has a place', () => {
  expect(planGrid('auto', 4, { ...desk, width: 0 }).places).toEqual([]);
  expect(planGrid('2', 0, desk).places).toEqual([]);
});

test('a fixed layout keeps its cells when cameras are missing', () => {
  expect(planGrid('3', 2, desk).places[0]?.width).toBeCloseTo(planGrid('3', 9, desk).places[0]?.width ?? 0);
  expect(pageSize('3', 20)).toBe(9);
  expect(pageSize('auto', 20)).toBe(20);
});

test('focus gives the first camera most of the page', () => {
  const plan = planGrid('focus', 5, desk);
  const [first, second] = plan.places;
  expect(first?.width).toBeGreaterThan((second?.width ?? 0) * 2.5);
});

const anySpace = fc.record({
  width: fc.integer({ min: 120, max: 4000 }),
  height: fc.integer({ min: 120, max: 4000 }),
  aspect: fc.constantFrom(16 / 9, 4 / 3, 9 / 16, 1, 32 / 9),
  gap: fc.constantFrom(0, 4),
  minTileWidth: fc.constantFrom(120, 160, 240),
});

test('tiles never overlap, keep their shape and stay within the width', () => {
  fc.assert(
    fc.property(anySpace, fc.constantFrom(...LAYOUTS), fc.integer({ min: 1, max: 40 }), (space, layout, count) => {
      const { places } = planGrid(layout, Math.min(count, pageSize(layout, count)), space);
      for (const [at, place] of places.entries()) {
        expect(place.width / place.height).toBeCloseTo(space.aspect, 3);
        if (layout !== 'focus') expect(place.left + place.width).toBeLessThanOrEqual(space.width + 0.01);
        for (const other of places.slice(at + 1)) expect(overlap(place, other)).toBe(false);
      }
    }),
    { numRuns: 200 },
  );
});

function overlap(a: Place, b: Place): boolean {
  const apart =
    a.left + a.width <= b.left + 0.01 ||
    b.left + b.width <= a.left + 0.01 ||
    a.top + a.height <= b.top + 0.01 ||
    b.top + b.height <= a.top + 0.01;
  return !apart;
}

describe('arrow keys', () => {
  const { places } = planGrid('auto', 9, desk);
  test.each([
    ['right', 0, 1],
    ['right', 2, 2],
    ['down', 1, 4],
    ['up', 4, 1],
    ['left', 5, 4],
  ] as const)('%s from %i leads to %i', (direction, from, to) => {
    expect(neighbour(places, from, direction)).toBe(to);
  });

  test('reach every tile of a focus layout', () => {
    const focus = planGrid('focus', 6, desk).places;
    const reached = new Set([0]);
    for (let round = 0; round < 6; round++) {
      for (const from of [...reached]) {
        for (const direction of ['left', 'right', 'up', 'down'] as const)
          reached.add(neighbour(focus, from, direction));
      }
    }
    expect(reached.size).toBe(6);
  });
});
