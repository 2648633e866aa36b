import { describe, expect, test } from 'vitest';
import { parseEmbedAddress, parseShareAddress } from './embed-options.ts';

const at = (path: string) => new URL(path, 'https://gateway.example');

describe('the address of an embedded player', () => {
  test('a camera alone', () => {
    expect(parseEmbedAddress(at('/embed/front-door'))).toEqual({
      camera: 'front-door',
      token: undefined,
      theme: 'dark',
      attributes: { camera: 'front-door' },
    });
  });

  test('every option', () => {
    const query = 'token=abc&theme=light&controls=none&autoplay=0&muted=off&quality=sub&poster=none';
    expect(parseEmbedAddress(at(`/embed/yard?${query}`))).toEqual({
      camera: 'yard',
      token: 'abc',
      theme: 'light',
      attributes: {
        camera: 'yard',
        token: 'abc',
        controls: 'none',
        autoplay: 'off',
        sound: 'on',
        quality: 'sub',
        poster: 'none',
      },
    });
  });

  test.each(['/embed/', '/embed/Front Door', '/embed/../s/x', '/embed/a/b', '/cameras/a'])(
    '%s names no camera',
    (path) => {
      expect(parseEmbedAddress(at(path))).toBeUndefined();
    },
  );
});

test.each([
  ['/s/abcDEF123_-', 'abcDEF123_-'],
  ['/s/abcDEF123/', 'abcDEF123'],
  ['/s/', undefined],
  ['/s/<script>', undefined],
])('the share of %s is %s', (path, token) => {
  expect(parseShareAddress(at(path))).toBe(token);
});
