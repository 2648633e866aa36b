import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BRANDS } from './brands.ts';
import { addressesOf, recognise } from './recognise.ts';

describe('a pasted address is recognised', () => {
  test.each([
    ['rtsp://10.0.0.5/stream1', 'tapo', 'rtsp://10.0.0.5/stream2'],
    ['rtsp://10.0.0.5:554/Streaming/Channels/101', 'hikvision', 'rtsp://10.0.0.5:554/Streaming/Channels/102'],
    ['rtsp://nvr/Streaming/Channels/1601', 'hikvision', 'rtsp://nvr/Streaming/Channels/1602'],
    ['rtsp://cam/cam/realmonitor?channel=3&subtype=0', 'dahua', 'rtsp://cam/cam/realmonitor?channel=3&subtype=1'],
    ['rtsp://10.0.0.5/h264Preview_01_main', 'reolink', 'rtsp://10.0.0.5/h264Preview_01_sub'],
    ['  RTSP://10.0.0.5/videoMain ', 'foscam', 'rtsp://10.0.0.5/videoSub'],
    ['10.0.0.5/axis-media/media.amp', 'axis', 'rtsp://10.0.0.5/axis-media/media.amp?resolution=640x360'],
  ])('%s', (text, brand, substream) => {
    const found = recognise(text);
    expect(found).toMatchObject({ is: 'camera', substream });
    expect(found.is === 'camera' && found.brand?.id).toBe(brand);
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
    ['tunnel://warehouse/cam1', 'tunnel'],
    ['clip:///clips/a.h264', 'clip'],
    ['rtsps://10.0.0.9/live', 'rtsps'],
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

test('any text at all is answered', () => {
  const kinds = ['nothing', 'problem', 'host', 'camera'];
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(kinds).toContain(recognise(text).is);
    }),
  );
});

test('every maker’s own addresses are recognised as its own', () => {
  for (const { id } of BRANDS) {
    const { url, substream } = addressesOf(id, '10.0.0.5', '');
    const found = recognise(url);
    expect(found.is === 'camera' && found.brand?.id).toBe(id);
    expect(found.is === 'camera' && found.substream).toBe(substream);
  }
});
