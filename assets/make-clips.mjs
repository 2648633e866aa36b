// Draws the demo clips and encodes them with ffmpeg (libx264, libx265). The results are kept in the repository, so that a
// gateway needs neither ffmpeg nor this script to show its demo cameras. Usage: node assets/make-clips.mjs [only-this-clip]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Canvas } from './drawing/canvas.mjs';
import { SCENES } from './drawing/scenes.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const font = '/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf';

/** Every clip is 10 s long and closes on itself; `keyEveryS` is the key-frame interval. */
const CLIPS = [
  { file: 'main-720p.h264', scene: 'driveway', width: 1280, height: 720, fps: 25, keyEveryS: 2, kbps: 1600 },
  { file: 'sub-360p.h264', scene: 'driveway', width: 640, height: 360, fps: 15, keyEveryS: 2, kbps: 350 },
  { file: 'long-gop-720p.h264', scene: 'garden', width: 1280, height: 720, fps: 25, keyEveryS: 10, kbps: 1600 },
  { file: 'long-gop-360p.h264', scene: 'garden', width: 640, height: 360, fps: 15, keyEveryS: 10, kbps: 350 },
  { file: 'harbour-720p.h264', scene: 'harbour', width: 1280, height: 720, fps: 25, keyEveryS: 2, kbps: 1600 },
  { file: 'harbour-360p.h264', scene: 'harbour', width: 640, height: 360, fps: 15, keyEveryS: 2, kbps: 350 },
  { file: 'warehouse-720p.h264', scene: 'warehouse', width: 1280, height: 720, fps: 25, keyEveryS: 4, kbps: 1600 },
  { file: 'warehouse-360p.h264', scene: 'warehouse', width: 640, height: 360, fps: 15, keyEveryS: 4, kbps: 350 },
  { file: 'main-720p.h265', scene: 'driveway', width: 1280, height: 720, fps: 25, keyEveryS: 2, kbps: 1200 },
];
const SECONDS = 10;

function encoder({ file, width, height, fps, keyEveryS, kbps }) {
  const isH265 = file.endsWith('h265');
  const gop = fps * keyEveryS;
  const clock = `drawtext=fontfile=${font}:text='%{pts\\:hms}':x=w-tw-16:y=h-th-14:fontsize=${height / 20}:fontcolor=white:box=1:boxcolor=black@0.45:boxborderw=8`;
  const grain = 'noise=alls=5:allf=t';
  const squares = 'crop=256:16:0:0';
  // The frame number stays sharp: grain and clock are laid under it.
  const graph = `[0]split[a][b];[a]${grain},${clock}[c];[b]${squares}[d];[c][d]overlay=0:0,format=yuv420p`;
  return spawn(
    'ffmpeg',
    [
      ...[
        '-v',
        'error',
        '-y',
        '-f',
        'rawvideo',
        '-pix_fmt',
        'rgb24',
        '-s',
        `${width}x${height}`,
        '-r',
        `${fps}`,
        '-i',
        '-',
      ],
      ...['-filter_complex', graph, '-c:v', isH265 ? 'libx265' : 'libx264', '-preset', 'slow', '-tune', 'zerolatency'],
      ...[
        '-g',
        `${gop}`,
        '-keyint_min',
        `${gop}`,
        '-bf',
        '0',
        '-b:v',
        `${kbps}k`,
        '-maxrate',
        `${kbps}k`,
        '-bufsize',
        `${kbps}k`,
      ],
      ...(isH265
        ? [
            '-x265-params',
            `keyint=${gop}:min-keyint=${gop}:scenecut=0:bframes=0:repeat-headers=1:aud=1:log-level=error`,
          ]
        : [
            '-profile:v',
            'high',
            '-sc_threshold',
            '0',
            '-x264-params',
            'aud=1:repeat-headers=1:sliced-threads=0:slices=1',
          ]),
      ...['-f', isH265 ? 'hevc' : 'h264', `${here}${file}`],
    ],
    { stdio: ['pipe', 'inherit', 'inherit'] },
  );
}

async function draw(clip) {
  const child = encoder(clip);
  const canvas = new Canvas(clip.width, clip.height);
  const frames = clip.fps * SECONDS;
  for (let n = 0; n < frames; n++) {
    SCENES[clip.scene](canvas, n / frames);
    canvas.frameNumber(n);
    if (!child.stdin.write(Buffer.from(canvas.bytes))) await once(child.stdin, 'drain');
  }
  child.stdin.end();
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`ffmpeg failed on ${clip.file}`);
  console.log(clip.file, fs.statSync(`${here}${clip.file}`).size);
}

/** A soft pulse each second, so that ears and tests can tell that sound arrives. */
async function sound(file, args) {
  const source = `aevalsrc='0.35*sin(440*2*PI*t)*exp(-4*mod(t,1))+0.12*sin(220*2*PI*t)':s=48000:d=${SECONDS}`;
  const child = spawn('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', source, ...args, `${here}${file}`], {
    stdio: 'inherit',
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`ffmpeg failed on ${file}`);
}

const only = process.argv[2];
for (const clip of CLIPS) if (!only || clip.file === only) await draw(clip);
if (!only) {
  await sound('tone.ulaw', ['-ar', '8000', '-ac', '1', '-f', 'mulaw']);
  await sound('tone.adts', ['-ar', '48000', '-ac', '1', '-c:a', 'aac', '-b:a', '64k', '-f', 'adts']);
  const list = CLIPS.map(({ file, width, height, fps, keyEveryS }) => ({
    file,
    codec: file.split('.').at(-1),
    width,
    height,
    fps,
    frames: fps * SECONDS,
    keyEveryS,
  }));
  fs.writeFileSync(`${here}clips.json`, `${JSON.stringify(list, null, 2)}\n`);
}
