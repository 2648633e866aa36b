import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadNativeLibrary, type NativeLibrary } from '../../platform/native/library.ts';
import { nativeSendPath, portableSendPath } from './send-path.ts';
import { SOUND, startTestRig, TestBrowser, type TestRig, until, VIDEO } from './test-rig.ts';

const library = loadNativeLibrary() as NativeLibrary;
const paths = { native: nativeSendPath(library), portable: portableSendPath };

describe.each(['native', 'portable'] as const)('a browser on the %s path', (kind) => {
  let rig: TestRig;
  let browser: TestBrowser;
  beforeEach(async () => {
    rig = await startTestRig({ sendPath: paths[kind], tracks: [VIDEO, SOUND] });
    browser = new TestBrowser({ withSound: true });
  });
  afterEach(async () => {
    await browser.close();
    await rig.close();
  });

  const connect = async () => {
    const viewer = await rig.open(await browser.offer());
    await browser.accept(viewer.answer);
    return viewer;
  };

  it('gets the cached group from its key frame on, then every picture, in order and without a gap', async () => {
    rig.hub.watch('yard' as never, 'main', { kind: 'still', who: 'x', grants: [], end: () => {} });
    rig.camera.play(1000);
    await until(() => rig.camera.frames > 10, 'a running camera');
    await connect();
    await until(() => browser.frames.length >= 30, 'thirty pictures');
    const { frames } = browser;
    expect(frames.map(({ number }) => number)).toEqual(frames.map((_, index) => index));
    expect(frames[0]?.keyframe).toBe(true);
    expect(frames.every((frame, index) => index === 0 || frame.timestamp > (frames[index - 1]?.timestamp ?? 0))).toBe(
      true,
    );
  });
});
