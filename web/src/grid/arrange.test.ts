import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inOrder, matchesSearch, moved } from './arrange.ts';

const cameras = ['a', 'b', 'c', 'd'].map((id) => ({ id }));

describe('a person’s order', () => {
  test.each([
    ['none given', [], 'abcd'],
    ['all given', ['d', 'c', 'b', 'a'], 'dcba'],
    ['new cameras come last', ['c', 'a'], 'cabd'],
    ['removed cameras do not matter', ['x', 'b'], 'bacd'],
  ])('%s', (_name, order, expected) => {
    expect(
      inOrder(cameras, order)
        .map((camera) => camera.id)
        .join(''),
    ).toBe(expected);
  });
});

test('moving keeps every camera exactly once', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 1 }), fc.nat(), fc.integer(), (ids, pick, place) => {
      const id = ids[pick % ids.length] ?? '';
      const after = moved(ids, id, place);
      expect([...after].sort()).toEqual([...ids].sort());
      expect(after.indexOf(id)).toBe(Math.max(0, Math.min(place, ids.length - 1)));
    }),
  );
});

describe('search', () => {
  const camera = { id: 'front-door', name: 'Entrée côté Rue' };
  test.each([
    ['', true],
    ['entree', true],
    ['RUE entr', true],
    ['front', true],
    ['garage', false],
  ])('%j', (search, found) => {
    expect(matchesSearch(camera, search)).toBe(found);
  });
});
