import { describe, expect, test } from 'vitest';
import { cameraInput } from './camera-api.ts';
import { kindOf, SOURCE_KINDS } from './source-kinds.ts';

const isTaken = (url: string): boolean => cameraInput.safeParse({ name: 'x', url }).success;

describe('an address is taken', () => {
  test.each([
    ['rtsp://192.168.1.20/stream1', 'rtsp'],
    ['RTSPS://cam.lan:7441/key', 'rtsp'],
    ['rtsp://[fe80::1%eth0]:554/x', 'rtsp'],
    ['rtsp://::ffff:1.2.3.4/x', 'rtsp'],
    ['rtsp://u:p/a#b?c@d@h:554/x', 'rtsp'],
    ['ws://cam/rtsp-over-websocket#/axis-media/media.amp', 'rtsp'],
    ['wss://cam:8443/rtsp', 'rtsp'],
    ['kasa://me%40mail.org:secret@10.0.0.9', 'kasa'],
    ['kasa://10.0.0.9:29443/?video=h264', 'kasa'],
    ['dahua://4C0A1B2PAJD3M01', 'dahua'],
    ['dahua://4C0A1B2PAJD3M01/cam/realmonitor?channel=1&subtype=0', 'dahua'],
    ['tunnel://warehouse/stream1', 'tunnel'],
    ['tunnel://warehouse/cam?channel=1&subtype=0', 'tunnel'],
    ['clip:///srv/clips/a b.mp4', 'clip'],
  ])('%s', (url, kind) => {
    expect(kindOf(url)).toBe(kind);
    expect(isTaken(url)).toBe(true);
  });

  test.each(Object.entries(SOURCE_KINDS))('%s: the address in its own example is accepted', (_name, { looksLike }) => {
    const [shown = ''] = looksLike.split(/,? or |, /);
    expect(isTaken(shown)).toBe(true);
  });
});

test.each([
  'tunnel://',
  'tunnel:///stream1',
  'tunnel://ware house/stream1',
  'http://192.168.1.20/',
  'rtsp://',
  'rtsp:///x',
  'rtsp://rtsp://h/x',
  'rtsp://a b/x',
  'rtsp://h:123456/x',
  'kasa://h/path',
  'kasa://h:19443?a b',
  'dahua://short',
  'clip://relative.mp4',
  'front door',
])('%s is refused', (url) => {
  expect(isTaken(url)).toBe(false);
});
