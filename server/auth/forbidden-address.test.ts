import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import type { Dial } from '../hub/source.ts';
import { isForbiddenAddress } from './forbidden-address.ts';
import { guardDial, resolveAllowed } from './guarded-dial.ts';

test.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['0.0.0.0', true],
  ['169.254.169.254', true],
  ['100.100.100.200', true],
  ['239.1.1.1', true],
  ['255.255.255.255', true],
  ['::1', true],
  ['::', true],
  ['0:0:0:0:0:0:0:1', true],
  ['fe80::1', true],
  ['fe80::1%eth0', true],
  ['fd00:ec2::254', true],
  ['::ffff:127.0.0.1', true],
  ['::ffff:7f00:1', true],
  ['64:ff9b::127.0.0.1', true],
  ['64:ff9b::a9fe:a9fe', true],
  ['ff02::1', true],
  ['not an address', true],
  ['192.168.1.20', false],
  ['10.0.0.1', false],
  ['172.16.3.4', false],
  ['203.0.113.5', false],
  ['fd12:3456::1', false],
  ['2001:db8::1', false],
  ['::ffff:192.168.1.20', false],
])('%s is forbidden: %s', (address, expected) => {
  expect(isForbiddenAddress(address)).toBe(expected);
});

describe('an address of the gateway itself', () => {
  const own = ['192.168.1.2', '2001:db8::2'];
  test.each([
    ['192.168.1.2', true],
    ['::ffff:192.168.1.2', true],
    ['64:ff9b::c0a8:102', true],
    ['2001:DB8:0::2', true],
    ['192.168.1.3', false],
    ['2001:db8::3', false],
  ])('%s is forbidden: %s', (address, expected) => {
    expect(isForbiddenAddress(address, own)).toBe(expected);
  });

  const present = Object.values(networkInterfaces()).flatMap((infos) => (infos ?? []).map(({ address }) => address));
  test.each(present)('%s of this machine is one', async (address) => {
    expect(isForbiddenAddress(address)).toBe(true);
    await expect(resolveAllowed(address)).rejects.toMatchObject({ code: 'not-allowed' });
  });
});

test.each([
  ['192.168.1.20', true],
  ['127.0.0.1', false],
  ['169.254.169.254', false],
  ['localhost', false],
  ['camera.lan', false],
])('through an agent %s is allowed: %s', async (host, isAllowed) => {
  const dial: Dial = async () => {
    throw new Error('reached');
  };
  const options = { signal: new AbortController().signal, timeoutMs: 1000 };
  const attempt = guardDial(dial, true)(host, 554, options);
  await expect(attempt).rejects.toThrow(isAllowed ? 'reached' : 'Behind an agent');
});

describe('a guarded dial', () => {
  const dialled: string[] = [];
  const dial: Dial = async (host) => {
    dialled.push(host);
    throw new Error('reached');
  };
  const options = { signal: new AbortController().signal, timeoutMs: 1000 };
  afterEach(() => dialled.splice(0));

  test.each(['127.0.0.1', '[::1]', 'localhost', '2130706433', '0x7f.1'])('never reaches %s', async (host) => {
    await expect(guardDial(dial)(host, 80, options)).rejects.toMatchObject({
      code: expect.stringMatching(/not-allowed|name-not-found/),
    });
    expect(dialled).toEqual([]);
  });

  test('dials the address that was checked, not the name', async () => {
    await expect(guardDial(dial)('192.0.2.7', 554, options)).rejects.toThrow('reached');
    expect(dialled).toEqual(['192.0.2.7']);
  });

  test('a name that means nothing is said', async () => {
    await expect(resolveAllowed('no-such-host.invalid')).rejects.toMatchObject({ code: 'name-not-found' });
  });
});
