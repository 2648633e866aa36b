// Simulated cameras of 4 Mbit/s (25 pictures a second, a key frame every 2 s or every 10 s) for measuring a gateway. Usage:
//   node --import tsx bench/rtsp/cameras.ts COUNT
// The paths are /cam0 … and /long (10 s). It prints its port as one line of JSON and ends when its standard input ends.
import { once } from 'node:events';
import { assetPath } from '../../server/platform/paths.ts';
import { loadVideoClip, type VideoClip } from '../../server/simulators/clip.ts';
import { startRtspCamera } from '../../server/simulators/rtsp-camera.ts';

const FPS = 25;
const BYTES_PER_SECOND = 500_000;
/** A key frame has as many bytes as this many other frames. */
const KEY_FRAME_WEIGHT = 6;

const count = Number(process.argv[2] ?? 1);
const drawn = await loadVideoClip(assetPath('main-720p.h264'));

/** Nobody decodes these pictures. Only their sizes are realistic. */
function clipOf(keyEverySeconds: number): VideoClip {
  const gop = FPS * keyEverySeconds;
  const share = (BYTES_PER_SECOND * keyEverySeconds) / (gop - 1 + KEY_FRAME_WEIGHT);
  const slice = (type: number, bytes: number): Uint8Array => {
    const nal = new Uint8Array(Math.round(bytes)).fill(0xa7);
    nal[0] = type;
    return nal;
  };
  const frames = Array.from({ length: gop }, (_, index) => {
    const keyframe = index === 0;
    const picture = keyframe ? slice(0x65, share * KEY_FRAME_WEIGHT) : slice(0x41, share);
    return { keyframe, nals: keyframe ? [...drawn.parameterSets, picture] : [picture] };
  });
  return { ...drawn, fps: FPS, frames };
}

const clip = clipOf(2);
const paths = Array.from({ length: count }, (_, index) => ({ path: `/cam${index}`, clip }));
const camera = await startRtspCamera({ paths: [...paths, { path: '/long', clip: clipOf(10) }] });
console.log(JSON.stringify({ port: camera.port }));
process.stdin.resume();
await once(process.stdin, 'end');
await camera.close();
