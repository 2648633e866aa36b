import { describe, expect, test } from 'vitest';
import { accountAt, accountForOrigin, withoutCredentials } from './camera-accounts.ts';
import { originOf } from './camera-address.ts';

type Addressed = Parameters<typeof withoutCredentials>[0];

const MAIN = { username: 'admin', password: 'main-secret' };

describe('the account of an address', () => {
  test.each([
    ['rtsp://10.0.0.5/1', 'rtsp://10.0.0.5/2', MAIN],
    ['rtsp://10.0.0.5/1', 'rtsp://10.0.0.5:554/2', MAIN],
    ['rtsp://Cam.lan/1', 'rtsp://cam.LAN/2', MAIN],
    ['dahua://SERIAL01/1', 'dahua://SERIAL01/2', MAIN],
    ['rtsp://10.0.0.5/1', 'rtsp://10.0.0.6/2', {}],
    ['rtsp://10.0.0.5/1', 'rtsp://10.0.0.5:8554/2', {}],
    ['rtsps://10.0.0.5:322/1', 'rtsp://10.0.0.5:322/2', {}],
    ['kasa://10.0.0.5', 'rtsp://10.0.0.5/2', {}],
    ['dahua://SERIAL01/1', 'dahua://serial01/2', {}],
    ['rtsp://10.0.0.5/1', 'clip:///a.mp4', {}],
    ['rtsp://10.0.0.5/1', 'rtsp://u:own@10.0.0.6/2', { username: 'u', password: 'own' }],
    ['rtsp://10.0.0.5/1', 'rtsp://u:own@10.0.0.5/2', { username: 'u', password: 'own' }],
  ])('main %s, other %s', (url, other, account) => {
    for (const name of ['substream', 'fallback'] as const) {
      const camera: Addressed = withoutCredentials<Addressed>({ ...MAIN, url, [name]: other });
      expect(accountAt(camera, name)).toEqual(account);
      expect(accountAt(camera, 'url')).toEqual(MAIN);
      expect(camera[name]).not.toContain('own');
    }
  });

  test('is found by scheme, host and port for a saved camera', () => {
    const camera = withoutCredentials({ ...MAIN, url: 'rtsp://10.0.0.5/1', fallback: 'rtsp://u:own@10.0.0.6/1' });
    expect(accountForOrigin(camera, 'rtsp://10.0.0.5:554/other')).toEqual(MAIN);
    expect(accountForOrigin(camera, 'rtsp://10.0.0.6/other')).toEqual({ username: 'u', password: 'own' });
    expect(accountForOrigin(camera, 'rtsp://10.0.0.7/other')).toEqual({});
    expect(accountForOrigin(camera, 'rtsps://10.0.0.5/other')).toEqual({});
  });
});

test.each([
  ['rtsp://h/x', 'rtsp://h:554'],
  ['RTSPS://H?x', 'rtsps://h:322'],
  ['ws://h#/x', 'ws://h:80'],
  ['rtsp://[FE80::1]/x', 'rtsp://[fe80::1]:554'],
  ['rtsp://[fe80::1]:8554/x', 'rtsp://[fe80::1]:8554'],
  ['kasa://h', 'kasa://h:19443'],
])('the place of %s', (url, origin) => {
  expect(originOf(url)).toBe(origin);
});
