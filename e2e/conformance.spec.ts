import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@playwright/test';
import { parseMediaPlaylist } from '../server/protocols/hls/testing/strict-parser.ts';
import {
  validateMediaPlaylist,
  validateMultivariantPlaylist,
  validateReload,
} from '../server/protocols/hls/testing/validator.ts';
import { gstreamerComplaints } from '../server/testing/gstreamer-complaints.ts';
import { shortOrLong } from '../server/testing/long-run.ts';
import { type Gateway, startGateway } from './gateway.ts';

const TOKEN = 'journeys-of-conformance';
const SECONDS = shortOrLong(20, 60);
const FPS = 25;
/** Cut at the second, so that one or two may be missing. */
const LEAST_PICTURES = FPS * SECONDS - 5;
/** GStreamer begins three segments late, and waits for them first; a busy machine takes longer. */
const LONGEST_MS = (SECONDS + 40) * 1000;
const CAMERAS = ['driveway', 'garden'];
const WAYS = ['hls/index.m3u8', 'live.mp4'];

type Verdict = { readonly pictures: number; readonly complaints: string };

let gateway: Gateway;

test.beforeAll(async () => {
  gateway = await startGateway({ config: { auth: { tokens: [{ name: 'judges', role: 'viewer', token: TOKEN }] } } });
});

test.afterAll(async () => {
  await gateway.stop();
});

test('ffmpeg and GStreamer play everything without an error, and no reload of a playlist breaks a rule', async () => {
  test.setTimeout(LONGEST_MS + 60_000);
  const addresses = CAMERAS.flatMap((camera) => WAYS.map((way) => `${camera}/${way}`));
  const judged = await Promise.all([
    ...addresses.map(async (path) => [`ffmpeg ${path}`, await playByFfmpeg(path)] as const),
    ...addresses.map(async (path) => [`GStreamer ${path}`, await playByGstreamer(path)] as const),
    ...CAMERAS.map(async (camera) => [`playlists of ${camera}`, await readPlaylists(camera)] as const),
  ]);
  for (const [name, { pictures, complaints }] of judged) {
    expect(complaints, name).toBe('');
    expect(pictures, name).toBeGreaterThanOrEqual(LEAST_PICTURES);
  }
});

const address = (path: string): string => `${gateway.url}/api/cameras/${path}?token=${TOKEN}`;

async function playByFfmpeg(path: string): Promise<Verdict> {
  const options = ['-v', 'error', '-xerror', '-nostats', '-progress', 'pipe:1', '-t', String(SECONDS)];
  const player = start('ffmpeg', [...options, '-i', address(path), '-f', 'null', '-']);
  await once(player.child, 'exit');
  const counts = [...player.stdout().matchAll(/^frame=(\d+)$/gm)];
  return { pictures: Number(counts.at(-1)?.[1] ?? 0), complaints: player.stderr() };
}

/**
 * Plays until its picture sink has counted a minute. By the older of its two HLS demuxers: the new one of GStreamer 1.22
 * now and then ends itself by an assertion about its own clock.
 */
async function playByGstreamer(path: string): Promise<Verdict> {
  const sinks = ['video-sink=fakesink name=eyes sync=true silent=false', 'audio-sink=fakesink name=ears sync=true'];
  const player = start('gst-launch-1.0', ['-v', '-e', 'playbin', `uri=${address(path)}`, ...sinks]);
  const seen = (): number => player.stdout().match(/eyes: last-message = chain/g)?.length ?? 0;
  const isPlaying = (): boolean => player.child.exitCode === null && player.child.signalCode === null;
  for (const endsAt = Date.now() + LONGEST_MS; seen() < LEAST_PICTURES && isPlaying() && Date.now() < endsAt; )
    await new Promise((resolve) => setTimeout(resolve, 500));
  const hasEnded = !isPlaying();
  player.child.kill('SIGKILL');
  const complaints = [...gstreamerComplaints(player.stdout()), ...gstreamerComplaints(player.stderr())];
  if (hasEnded) complaints.push('It ended by itself.');
  return { pictures: seen(), complaints: complaints.join('\n') };
}

/** Reads the playlist as an LL-HLS player does, each second time only what is new of it. */
async function readPlaylists(camera: string): Promise<Verdict> {
  const index = await read(new URL(address(`${camera}/hls/index.m3u8`)));
  const problems = [...validateMultivariantPlaylist(index)];
  const media = new URL(index.trimEnd().split('\n').at(-1) as string, address(`${camera}/hls/`));
  let text = await read(media);
  const fromMs = edgeMs(text);
  const readS = (): number => (edgeMs(text) - fromMs) / 1000;
  for (const endsAt = Date.now() + LONGEST_MS; readS() < SECONDS && Date.now() < endsAt; ) {
    problems.push(...validateMediaPlaylist(text));
    const [mediaSequence, part] = nextPart(text);
    const later = new URL(media);
    later.searchParams.set('_HLS_msn', String(mediaSequence));
    later.searchParams.set('_HLS_part', String(part));
    if (part % 2 === 1) later.searchParams.set('_HLS_skip', 'YES');
    const reloaded = await read(later);
    problems.push(...validateReload(text, reloaded));
    text = reloaded;
  }
  return { pictures: Math.round(readS() * FPS), complaints: problems.join('\n') };
}

async function read(url: URL): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname} was answered with ${response.status}.`);
  return response.text();
}

/** The segment of the part that is not in the playlist yet, and its place in that segment. */
function nextPart(text: string): [mediaSequence: number, part: number] {
  const { header, skipped, segments } = parseMediaPlaylist(text);
  const complete = segments.filter(({ uri }) => uri !== undefined).length;
  const open = segments.find(({ uri }) => uri === undefined);
  return [Number(header.get('#EXT-X-MEDIA-SEQUENCE')) + skipped + complete, open?.parts.length ?? 0];
}

/** By the playlist's own dates. */
function edgeMs(text: string): number {
  const last = parseMediaPlaylist(text).segments.at(-1);
  const partsS = last?.parts.reduce((sum, { attributes }) => sum + Number(attributes.get('DURATION')), 0) ?? 0;
  return Date.parse(last?.programDate ?? '') + partsS * 1000;
}

function start(program: string, args: readonly string[]) {
  const child: ChildProcess = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => (said.stdout += chunk));
  child.stderr?.on('data', (chunk) => (said.stderr += chunk));
  return { child, stdout: () => said.stdout, stderr: () => said.stderr };
}
