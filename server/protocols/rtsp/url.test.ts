import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../platform/errors.ts';
import { baseUrl, controlUrl, parseRtspUrl, type RtspUrl, requestUrl } from './url.ts';

describe('parseRtspUrl', () => {
  test.each<[string, Partial<RtspUrl>]>([
    ['rtsp://192.168.1.2/live', { scheme: 'rtsp', host: '192.168.1.2', port: 554, target: '/live' }],
    ['RTSP://cam.lan:8554/a/../b?x=1&y={2}', { host: 'cam.lan', port: 8554, target: '/a/../b?x=1&y={2}' }],
    ['rtsps://cam:7441/key?enableSrtp', { scheme: 'rtsps', port: 7441, target: '/key' }],
    ['rtsps://cam/key', { port: 322 }],
    ['rtsp://cam', { target: '' }],
    ['rtsp://cam?channel=1', { host: 'cam', target: '?channel=1' }],
    ['rtsp://[fe80::1%eth0]:554/x', { host: 'fe80::1%eth0', port: 554, target: '/x' }],
    ['rtsp://::ffff:1.2.3.4/x', { host: '::ffff:1.2.3.4', target: '/x' }],
    ['rtsp://rtsp://cam/x', { host: 'cam', target: '/x' }],
    ['rtsp://cam:0554/x', { port: 554 }],
    [
      'ws://cam/rtsp-over-websocket#/axis-media/media.amp',
      { scheme: 'ws', port: 80, target: '/rtsp-over-websocket#/axis-media/media.amp' },
    ],
    ['rtsp://admin:secret@cam/x', { host: 'cam', username: 'admin', password: 'secret' }],
    ['rtsp://admin@cam/x', { username: 'admin', password: '' }],
    ['rtsp://admin:pa#ss@cam/x', { host: 'cam', password: 'pa#ss', target: '/x' }],
    ['rtsp://admin:p/a?s@s@cam:554/x', { host: 'cam', password: 'p/a?s@s', target: '/x' }],
    ['rtsp://admin:100%@cam/x', { password: '100%' }],
    ['rtsp://admin:a%40b@cam/x', { password: 'a@b' }],
    ['rtsp://admin:a:b@cam/x', { password: 'a:b' }],
    ['rtsp://cam/path@2', { host: 'cam', target: '/path@2' }],
    ['rtsp://admin:pw@cam/x?user=a@b', { host: 'cam', target: '/x?user=a@b' }],
  ])('%s', (text, expected) => {
    const url = parseRtspUrl(text);
    expect(url).toMatchObject(expected);
    if (expected.username === undefined && expected.password === undefined && !text.includes('pw@'))
      expect(url).not.toHaveProperty('password');
  });

  test.each(['', 'http://cam/x', 'cam/x', 'rtsp://', 'rtsp:///x', 'rtsp://cam:99999/x', 'rtsp://a b/x'])(
    'refuses %j',
    (text) => {
      expect(() => parseRtspUrl(text)).toThrow(expect.objectContaining({ code: 'config-invalid' }));
    },
  );

  test('a refusal never repeats what was typed', () => {
    expect(() => parseRtspUrl('rtsp://admin:secret@:1:2/')).toThrow(expect.not.stringContaining('secret'));
  });

  test('any text only returns or throws a GatewayError', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'rtsp:/@?#[]%.1a ') }), (text) => {
        try {
          parseRtspUrl(`rtsp://${text}`);
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
        }
      }),
    );
  });
});

describe('requestUrl', () => {
  test.each([
    ['rtsp://admin:secret@cam:554/x?y', 'rtsp://cam/x?y'],
    ['rtsp://cam:8554/x', 'rtsp://cam:8554/x'],
    ['rtsps://cam:322/x', 'rtsps://cam/x'],
    ['rtsp://[fe80::1%eth0]:1/x', 'rtsp://[fe80::1]:1/x'],
    ['wss://cam/x', 'rtsps://cam/x'],
  ])('%s', (text, expected) => {
    expect(requestUrl(parseRtspUrl(text))).toBe(expected);
  });
});

const CAM = parseRtspUrl('rtsp://cam:8554/live');

describe('baseUrl', () => {
  test.each([
    ['nothing', [undefined], 'rtsp://cam:8554/live'],
    ['*', ['*', undefined], 'rtsp://cam:8554/live'],
    [
      'the first that says something',
      [undefined, 'rtsp://cam:8554/live/', 'rtsp://cam:8554/other'],
      'rtsp://cam:8554/live/',
    ],
    ['another host (NAT)', ['rtsp://10.0.0.9:554/live/'], 'rtsp://cam:8554/live/'],
    ['no scheme (Anjvision)', ['192.168.1.10:554/stream0/'], 'rtsp://cam:8554/stream0/'],
    ['a host that cannot be parsed', ['rtsp://::ffff:192.168.1.123/x/'], 'rtsp://cam:8554/x/'],
    ['a scheme twice', ['rtsp://rtsp://cam/x/'], 'rtsp://cam:8554/x/'],
    ['only a path', ['/x/'], 'rtsp://cam:8554/x/'],
  ])('%s', (_name, candidates, expected) => {
    expect(baseUrl(CAM, candidates)).toBe(expected);
  });
});

describe('controlUrl', () => {
  test.each([
    ['rtsp://cam/live', 'trackID=1', 'rtsp://cam/live/trackID=1'],
    ['rtsp://cam/live/', 'trackID=1', 'rtsp://cam/live/trackID=1'],
    ['rtsp://cam/r?channel=1&subtype=0', 'trackID=0', 'rtsp://cam/r?channel=1&subtype=0/trackID=0'],
    ['rtsp://cam/live', '/trackID=1', 'rtsp://cam/live/trackID=1'],
    ['rtsp://cam/live/', '/trackID=1', 'rtsp://cam/live/trackID=1'],
    ['rtsp://cam/live', '?ctype=video', 'rtsp://cam/live?ctype=video'],
    ['rtsp://cam/live', undefined, 'rtsp://cam/live'],
    ['rtsp://cam/live', '*', 'rtsp://cam/live'],
    ['rtsp://cam/live', 'rtsp://10.0.0.1/s/trackID=1?t=unicast', 'rtsp://cam:8554/s/trackID=1?t=unicast'],
  ])('%s and %s', (base, control, expected) => {
    expect(controlUrl(CAM, base, control)).toBe(expected);
  });
});
