import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from './passwords.ts';

const CHEAP = { logN: 8, r: 8, p: 1 };

test('a password matches only its own hash', async () => {
  const hash = await hashPassword('correct horse', CHEAP);
  expect(await verifyPassword('correct horse', hash)).toBe(true);
  expect(await verifyPassword('Correct horse', hash)).toBe(false);
  expect(await verifyPassword('', hash)).toBe(false);
});

test('the same password has another hash each time, and the hash does not contain it', async () => {
  const [first, second] = await Promise.all([
    hashPassword('correct horse', CHEAP),
    hashPassword('correct horse', CHEAP),
  ]);
  expect(first).not.toBe(second);
  expect(first).not.toContain('correct');
});

test('composed and decomposed letters are the same letters', async () => {
  expect(await verifyPassword('gru\u0308n', await hashPassword('gr\u00fcn', CHEAP))).toBe(true);
});

test('checking takes the usual time for names that do not exist as well', async () => {
  const hash = await hashPassword('correct horse');
  expect(hash).toMatch(/^scrypt\$15\$8\$3\$/);
  const time = async (stored: string | undefined): Promise<number> => {
    const start = process.cpuUsage().user;
    expect(await verifyPassword('wrong', stored)).toBe(false);
    return process.cpuUsage().user - start;
  };
  const [known, unknown] = [await time(hash), await time(undefined)];
  expect(unknown / known).toBeGreaterThan(0.4);
  expect(unknown / known).toBeLessThan(2.5);
});

test.each(['1234567890', 'qwertyuiop', 'Password123', 'MANCHESTER', '1q2w3e4r5t'])(
  'nobody may choose %s',
  async (password) => {
    await expect(hashPassword(password, CHEAP)).rejects.toMatchObject({ code: 'bad-request' });
  },
);

test('checks beyond the queue are refused, and the others are answered', async () => {
  const hash = await hashPassword('correct horse', CHEAP);
  const answers = await Promise.allSettled(Array.from({ length: 100 }, () => verifyPassword('correct horse', hash)));
  const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason.code] : []));
  expect(refused).toEqual(Array.from({ length: 100 - 2 - 32 }, () => 'too-many-requests'));
  expect(await verifyPassword('correct horse', hash)).toBe(true);
});

test('many at once are all answered', async () => {
  const hash = await hashPassword('correct horse', CHEAP);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => verifyPassword(n % 2 ? 'correct horse' : 'x', hash)),
  );
  expect(answers.filter(Boolean)).toHaveLength(10);
});
