import { beforeEach, expect, test } from 'vitest';
import { GatewayError } from '../platform/errors.ts';
import { createToken } from './token.ts';
import { TokenGuesses } from './token-guesses.ts';

const CHOSEN = 'a-token-that-somebody-chose';
const OURS = createToken('share');
const HERE = '192.0.2.1';
let nowMs: number;
let guesses: TokenGuesses;

beforeEach(() => {
  nowMs = 0;
  guesses = new TokenGuesses(() => nowMs);
});

/** `yes`, or the code of the refusal. */
function ask(token: string, address = HERE): string {
  try {
    return guesses.try(token, address, () => {
      if (token === CHOSEN || token === OURS) return 'yes';
      throw new GatewayError('not-signed-in', 'No.');
    });
  } catch (error) {
    return (error as GatewayError).code;
  }
}

function guess(times: number): string[] {
  return Array.from({ length: times }, (_, n) => ask(`guess ${n}`));
}

test('a guesser gets twenty attempts in ten minutes, and then even the right token is refused', () => {
  expect(guess(21).slice(-2)).toEqual(['not-signed-in', 'too-many-requests']);
  expect(ask(CHOSEN)).toBe('too-many-requests');
  expect(ask(CHOSEN, '192.0.2.2')).toBe('yes');
  nowMs += 10 * 60_000;
  expect(ask(CHOSEN)).toBe('yes');
});

test('tokens that were accepted from there before still work, and so do tokens that the gateway made', () => {
  expect(ask(CHOSEN)).toBe('yes');
  guess(30);
  expect([ask(CHOSEN), ask(OURS)]).toEqual(['yes', 'yes']);
});

test('made-up tokens of the gateway’s own form are refused like others', () => {
  const codes = Array.from({ length: 30 }, () => ask(createToken('api')));
  expect(codes.at(-1)).toBe('too-many-requests');
});

test('a page that sends an old token again and again gets the same answer each time and locks nobody out', () => {
  expect(new Set(Array.from({ length: 100 }, () => ask('an old token')))).toEqual(new Set(['not-signed-in']));
  expect(ask(CHOSEN)).toBe('yes');
});
