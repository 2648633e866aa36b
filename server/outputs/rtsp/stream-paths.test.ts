import { expect, test } from 'vitest';
import { createStreamLocator } from './stream-paths.ts';

const locate = createStreamLocator(() => [
  { id: 'front', url: 'rtsp://10.0.0.1:554/cam/realmonitor?channel=1&subtype=0', substream: 'rtsp://10.0.0.1/small/' },
  { id: 'left', url: 'rtsp://10.0.0.2/stream1' },
  { id: 'right', url: 'rtsps://10.0.0.3/stream1', substream: 'rtsp://10.0.0.3/stream2' },
  { id: 'kasa', url: 'kasa://10.0.0.4' },
  { id: 'bare', url: 'rtsp://10.0.0.5/' },
]);

test.each([
  ['/front', { camera: 'front', quality: 'main' }],
  ['/front/main', { camera: 'front', quality: 'main' }],
  ['/front/sub', { camera: 'front', quality: 'sub' }],
  ['/kasa', { camera: 'kasa', quality: 'main' }],
  ['/cam/realmonitor?channel=1&subtype=0', { camera: 'front', quality: 'main' }],
  ['/small', { camera: 'front', quality: 'sub' }],
  ['/stream2', { camera: 'right', quality: 'sub' }],
  ['/stream1', undefined], // two cameras have it
  ['/cam/realmonitor', undefined],
  ['/front?token=abc-_1', { camera: 'front', quality: 'main' }],
  ['/front/sub?token=abc', { camera: 'front', quality: 'sub' }],
  ['/cam/realmonitor?channel=1&subtype=0&token=abc', { camera: 'front', quality: 'main' }],
  ['/cam/realmonitor?token=abc&channel=1&subtype=0', { camera: 'front', quality: 'main' }],
  ['/unknown', undefined],
  ['/front/other', undefined],
  ['/', undefined],
  ['', undefined],
])('%s', (path, expected) => {
  expect(locate(path)).toEqual(expected);
});
