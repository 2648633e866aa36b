import { describe, expect, test } from 'vitest';
import { type BrowserCodecs, silentTransports, unsupportedPaths, type VideoTrack } from './browser-codecs.ts';

const CHROMIUM: BrowserCodecs = {
  hasMediaSource: true,
  hasNativeHls: false,
  hearsAac: true,
  webrtc: new Set(['h264']),
  decodes: async (track) => track.codec === 'h264',
};
const WEBKITGTK: BrowserCodecs = { ...CHROMIUM, webrtc: undefined, decodes: async () => true };
const OLD_IPHONE: BrowserCodecs = { ...CHROMIUM, hasMediaSource: false, hasNativeHls: true };

const H264: VideoTrack = { kind: 'video', codec: 'h264', codecString: 'avc1.640028' };
const H265: VideoTrack = { kind: 'video', codec: 'h265', codecString: 'hvc1.1.6.L93.B0' };

async function reasons(video: VideoTrack | undefined, browser: BrowserCodecs): Promise<string[]> {
  const paths = await unsupportedPaths(video, ['main'], browser);
  return paths.map(({ transport, reason }) => `${transport} ${reason}`);
}

describe('what a browser cannot show', () => {
  test.each([
    ['H.264 in Chromium', H264, CHROMIUM, []],
    ['nothing known yet', undefined, CHROMIUM, []],
    ['H.264 with B-frames', { ...H264, hasBFrames: true }, CHROMIUM, ['webrtc b-frames']],
    ['H.265 where nothing decodes it', H265, CHROMIUM, ['webrtc codec', 'mp4 codec', 'hls codec']],
    ['H.265 in WebKitGTK', H265, WEBKITGTK, ['webrtc no-webrtc']],
    ['H.264 in an iPhone without a managed source', H264, OLD_IPHONE, ['mp4 no-media-source']],
  ])('%s', async (_name, video, browser, expected) => {
    expect(await reasons(video, browser)).toEqual(expected);
  });

  test('sound alone goes over WebRTC alone', async () => {
    const paths = await unsupportedPaths(undefined, ['main'], CHROMIUM, true);
    expect(paths.map(({ transport, reason }) => `${transport} ${reason}`)).toEqual([
      'mp4 sound-only',
      'hls sound-only',
    ]);
  });

  test('each of several streams is listed', async () => {
    expect(await unsupportedPaths(H265, ['main', 'sub'], CHROMIUM)).toHaveLength(6);
  });
});

const AAC = { kind: 'audio', codec: 'aac', sampleRateHz: 16_000, channels: 1 } as const;

test.each([
  ['no sound', undefined, CHROMIUM, []],
  ['mu-law', { ...AAC, codec: 'pcmu' as const }, CHROMIUM, []],
  ['AAC with ffmpeg', AAC, CHROMIUM, []],
  ['AAC without ffmpeg', { ...AAC, overWebrtc: false as const }, CHROMIUM, ['webrtc']],
  ['AAC that the browser does not know', AAC, { ...CHROMIUM, hearsAac: false }, ['mp4', 'hls']],
])('the ways that are silent: %s', (_name, audio, browser, expected) => {
  expect(silentTransports(audio, browser)).toEqual(expected);
});
