import { describe, expect, test } from 'vitest';
import { likelySubstream } from './camera-brands.ts';
import { CAMERA_BRANDS } from './source-kinds.ts';

describe('likelySubstream', () => {
  test.each(CAMERA_BRANDS.filter((brand) => brand.sub).map(({ name, main, sub }) => [name, main, sub]))(
    '%s',
    (_name, main, sub) => {
      expect(likelySubstream(main)).toBe(sub);
    },
  );

  test.each([
    ['rtsp://h/Streaming/Channels/201', 'rtsp://h/Streaming/Channels/202'],
    ['dahua://SERIAL/cam/realmonitor?channel=3&subtype=0', 'dahua://SERIAL/cam/realmonitor?channel=3&subtype=1'],
    ['rtsp://h/Preview_02_main', 'rtsp://h/Preview_02_sub'],
    ['rtsp://h/Streaming/Channels/102', undefined],
    ['rtsp://h/anything', undefined],
  ])('%s', (main, sub) => {
    expect(likelySubstream(main)).toBe(sub);
  });
});
