// A site that cannot be reached from outside, to be run in its own network: a camera that only its own machine can reach, and
// next to it the dial-in device, which is written in C.
//   node --import tsx far-site.ts '{"gateway":"198.18.0.1:9554","token":"…","device":"edge/build/oriel-edge"}'
// It prints what the camera has seen whenever that changes, as one JSON object per line.
import { spawn } from 'node:child_process';
import { assetPath } from '../platform/paths.ts';
import { loadVideoClip } from '../simulators/clip.ts';
import { startRtspCamera } from '../simulators/rtsp-camera.ts';

type Options = { readonly gateway: string; readonly token: string; readonly device: string };

const { gateway, token, device } = JSON.parse(process.argv[2] ?? '{}') as Options;
const clip = await loadVideoClip(assetPath('main-720p.h264'));
const camera = await startRtspCamera({ paths: [{ path: '/live', clip, username: 'admin', password: 'secret' }] });
const address = `127.0.0.1:${camera.port}`;
spawn(device, ['--server', gateway, '--name', 'warehouse', '--camera', address], {
  stdio: 'inherit',
  env: { ...process.env, ORIEL_TOKEN: token },
});
let said = '';
setInterval(() => {
  const now = JSON.stringify({ connections: camera.connections, requests: camera.requests.length, address });
  if (now !== said) process.stdout.write(`${now}\n`);
  said = now;
}, 50);
