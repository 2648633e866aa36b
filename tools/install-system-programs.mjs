// The programs that tests use as independent judges. As root on Debian this installs them; elsewhere it names them in a sentence.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { fail } from './setup.mjs';

/** For each Debian package, a file or program that shows that it is installed. */
const PROGRAMS = {
  chromium: 'chromium',
  ffmpeg: 'ffmpeg',
  'firefox-esr': 'firefox-esr',
  'webkit2gtk-driver': 'WebKitWebDriver',
  xvfb: 'Xvfb',
  pulseaudio: 'pulseaudio',
  'pulseaudio-utils': 'parec',
  'gstreamer1.0-tools': 'gst-launch-1.0',
  'gstreamer1.0-plugins-base': '/usr/lib/*/gstreamer-1.0/libgstapp.so',
  'gstreamer1.0-plugins-good': '/usr/lib/*/gstreamer-1.0/libgstrtsp.so',
  'gstreamer1.0-plugins-bad': '/usr/lib/*/gstreamer-1.0/libgstvideoparsersbad.so',
  'gstreamer1.0-libav': '/usr/lib/*/gstreamer-1.0/libgstlibav.so',
  'gstreamer1.0-rtsp': '/usr/lib/*/gstreamer-1.0/libgstrtspclientsink.so',
  'gir1.2-gst-rtsp-server-1.0': '/usr/lib/*/girepository-1.0/GstRtspServer-1.0.typelib',
  'python3-gi': '/usr/lib/python3/dist-packages/gi/__init__.py',
  coturn: 'turnserver',
  nftables: 'nft',
  iproute2: 'ip',
  tshark: 'tshark',
  procps: 'pgrep',
  openssl: 'openssl',
  // These build and test the dial-in device in edge/.
  make: 'make',
  gcc: 'gcc',
  'musl-tools': 'musl-gcc',
  'gcc-arm-linux-gnueabihf': 'arm-linux-gnueabihf-gcc',
  'libc6-dev-armhf-cross': '/usr/arm-linux-gnueabihf/lib/libc.a',
  'musl-dev:armhf': '/usr/lib/arm-linux-musleabihf/libc.a',
  'qemu-user': 'qemu-arm',
  'clang-14': 'clang-14',
  'libclang-rt-14-dev': '/usr/lib/llvm-14/lib/clang/*/lib/linux/libclang_rt.fuzzer-x86_64.a',
  valgrind: 'valgrind',
  'fonts-dejavu-core': '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf',
};

function isThere(proof) {
  const paths = proof.startsWith('/')
    ? [proof]
    : ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'].map((folder) => `${folder}/${proof}`);
  return paths.some((path) => {
    const [before, after] = path.split('*');
    if (after === undefined) return fs.existsSync(path);
    return fs.existsSync(before) && fs.readdirSync(before).some((name) => fs.existsSync(`${before}${name}${after}`));
  });
}

export function installSystemPrograms() {
  const missing = Object.keys(PROGRAMS).filter((name) => !isThere(PROGRAMS[name]));
  if (missing.length === 0) return;
  const isDebian = fs.existsSync('/usr/bin/apt-get');
  if (!isDebian || process.getuid?.() !== 0) {
    fail(`The tests need these programs, please install them and run the command again: ${missing.join(', ')}.`);
  }
  process.stdout.write(`Installing system programs: ${missing.join(', ')} …\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'], env };
  if (missing.some((name) => name.endsWith(':armhf'))) spawnSync('dpkg', ['--add-architecture', 'armhf'], quiet);
  spawnSync('apt-get', ['update', '-qq'], quiet);
  const result = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], quiet);
  const still = missing.filter((name) => !isThere(PROGRAMS[name]));
  if (result.status !== 0 || still.length > 0)
    fail(`These programs could not be installed: ${(still.length ? still : missing).join(', ')}.`);
}
