import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressesOf } from './brand-address.ts';
import { recognise } from './recognise.ts';
import { CAMERA_BRANDS } from './source-kinds.ts';

describe('a pasted address is recognised', () => {
  test.each([
    ['rtsp://10.0.0.5:554/Streaming/Channels/101', 'Hikvision', 'rtsp://10.0.0.5:554/Streaming/Channels/102'],
    ['rtsp://nvr/Streaming/Channels/1601', 'Hikvision', 'rtsp://nvr/Streaming/Channels/1602'],
    [
      'rtsp://cam/cam/realmonitor?channel=3&subtype=0',
      'Amcrest, Dahua',
      'rtsp://cam/cam/realmonitor?channel=3&subtype=1',
    ],
    ['rtsp://10.0.0.5/h264Preview_01_main', 'Reolink', 'rtsp://10.0.0.5/h264Preview_01_sub'],
    ['  RTSP://10.0.0.5/videoMain ', 'Foscam', 'rtsp://10.0.0.5/videoSub'],
    ['10.0.0.5/axis-media/media.amp', 'Axis', 'rtsp://10.0.0.5/axis-media/media.amp?resolution=640x360'],
  ])('%s', (text, brand, substream) => {
    const found = recognise(text);
    expect(found).toMatchObject({ is: 'camera', brand, substream });
  });

  test('a sub-stream that is pasted as the main one has no sub-stream of its own', () => {
    expect(recognise('rtsp://10.0.0.5/stream2')).not.toHaveProperty('substream');
  });

  test('a serial number is a Dahua camera reached through its cloud', () => {
    expect(recognise('6j0a1d4pag00001')).toMatchObject({
      is: 'camera',
      kind: 'dahua',
      url: 'dahua://6J0A1D4PAG00001/cam/realmonitor?channel=1&subtype=0',
    });
  });

  test.each([
    ['kasa://10.0.0.9', 'kasa'],
    ['clip:///clips/a.h264', 'clip'],
    ['rtsps://10.0.0.9/live', 'rtsp'],
    ['ws://10.0.0.9/rtsp-over-websocket', 'rtsp'],
  ])('%s', (text, kind) => {
    expect(recognise(text)).toMatchObject({ is: 'camera', kind, url: text });
  });
});

test.each([
  ['192.168.1.100', '192.168.1.100', ''],
  ['192.168.1.100:8554', '192.168.1.100', '8554'],
  ['camera.local', 'camera.local', ''],
  ['[fe80::1]:554', '[fe80::1]', '554'],
  ['rtsp://192.168.1.100', '192.168.1.100', ''],
  ['http://192.168.1.100/login.html', '192.168.1.100', ''],
])('%s is a host whose maker is asked for', (text, host, port) => {
  expect(recognise(text)).toEqual({ is: 'host', host, port });
});

test.each([
  ['', 'nothing'],
  ['front', 'nothing'],
  ['ftp://x/y', 'problem'],
  ['tunnel://warehouse/cam1', 'camera'],
  ['tunnels://warehouse/cam1', 'problem'],
  ['rtsp:///stream', 'problem'],
  ['my camera', 'problem'],
  ['https://example.org/', 'problem'],
])('%j is %s', (text, is) => {
  expect(recognise(text).is).toBe(is);
});

describe('credentials leave the address', () => {
  test.each([
    ['rtsp://admin:secret@10.0.0.5/stream1', 'admin', 'secret'],
    ['rtsp://admin:p@ss@10.0.0.5/stream1', 'admin', 'p@ss'],
    ['rtsp://admin:a%40b%2F@10.0.0.5/stream1', 'admin', 'a@b/'],
    ['rtsp://admin:100%@10.0.0.5/stream1', 'admin', '100%'],
    ['rtsp://admin@10.0.0.5/stream1', 'admin', undefined],
  ])('%s', (text, username, password) => {
    const found = recognise(text);
    expect(found).toMatchObject({ is: 'camera', username, url: 'rtsp://10.0.0.5/stream1' });
    expect(found.is === 'camera' && found.password).toBe(password);
  });

  test('whatever they are', () => {
    const word = fc.string({ minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(word, word, (username, password) => {
        const text = `rtsp://${encodeURIComponent(username)}:${encodeURIComponent(password)}@host.example/live`;
        expect(recognise(text)).toMatchObject({ username, password, url: 'rtsp://host.example/live' });
      }),
    );
  });
});

test('any text whatever has an answer', () => {
  const kinds = ['nothing', 'problem', 'host', 'camera'];
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(kinds).toContain(recognise(text).is);
    }),
  );
});

test.each(CAMERA_BRANDS.filter(({ main }) => main.startsWith('rtsp:')))(
  '$name: its own addresses are its own',
  ({ name }) => {
    const { url, substream } = addressesOf(name, '10.0.0.5', '');
    const found = recognise(url);
    // A path that many brands share tells of none.
    const isEverybodys = url === 'rtsp://10.0.0.5/stream1' || url === 'rtsp://10.0.0.5/live';
    if (isEverybodys) expect(found).not.toHaveProperty('brand');
    else expect(found.is === 'camera' && found.brand?.split(', ')).toContain(name);
    if (substream !== undefined) expect(found).toMatchObject({ substream });
  },
);

test('a port of one’s own replaces the usual one', () => {
  expect(addressesOf('Foscam', '10.0.0.5', '')).toMatchObject({ url: 'rtsp://10.0.0.5:88/videoMain' });
  expect(addressesOf('Foscam', '10.0.0.5', '8554')).toMatchObject({ url: 'rtsp://10.0.0.5:8554/videoMain' });
  expect(addressesOf('another', '10.0.0.5', '').url).toBe('rtsp://10.0.0.5/');
});
