import { expect, test } from 'vitest';
import { cameraView as cameraViewShape } from '../../../shared/camera-api.ts';
import { Stream } from '../../hub/stream.ts';
import type { AccessUnit } from '../../media/access-unit.ts';
import { TestClock } from '../../platform/testing/test-clock.ts';
import { testCamera } from '../testing/test-gateway.ts';
import { cameraView } from './camera-views.ts';

test('a view says how old the newest picture is, and from what age on this camera is silent', async () => {
  const clock = new TestClock();
  const stream = new Stream('door/main', clock);
  const view = () =>
    cameraView(testCamera('door'), {
      stream: (_camera, quality) => (quality === 'main' ? stream : undefined),
      viewers: () => [],
      convertibleSound: new Set(),
    });
  const picture = (): AccessUnit => {
    const payload = [Uint8Array.of(0x65)];
    return { track: 0, ptsUs: clock.nowUs(), receivedUs: clock.nowUs(), keyframe: true, payload };
  };
  expect(view().main).toEqual({ phase: 'idle' });
  stream.sink.tracks([{ kind: 'video', codec: 'h264', parameterSets: [] }]);
  for (let n = 0; n < 4; n++) {
    stream.sink.publish(picture());
    await clock.advance(1000);
  }
  expect(view().main).toMatchObject({ phase: 'live', pictureAgeMs: 1000, silenceLimitMs: 2300 });
  await clock.advance(2000);
  expect(view().main).toMatchObject({ phase: 'stalled', pictureAgeMs: 3000, silenceLimitMs: 2300 });
  expect(view().sub).toEqual({ phase: 'idle' });
  expect(cameraViewShape.parse(view())).toEqual(view());
});

test('a view says that AAC cannot be heard over WebRTC when nothing converts it', () => {
  const stream = new Stream('door/main', new TestClock());
  stream.sink.tracks([{ kind: 'audio', codec: 'aac', sampleRateHz: 16_000, channels: 1 }]);
  const tracksWith = (convertibleSound: ReadonlySet<'aac'>) =>
    cameraView(testCamera('door'), {
      stream: () => stream,
      viewers: () => [],
      convertibleSound: new Set(convertibleSound),
    }).tracks;
  expect(tracksWith(new Set())).toMatchObject([{ codec: 'aac', overWebrtc: false }]);
  expect(tracksWith(new Set(['aac']))[0]).not.toHaveProperty('overWebrtc');
});
