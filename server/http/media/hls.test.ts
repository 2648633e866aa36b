import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { GatewayError } from '../../platform/errors.ts';
import { parseMediaPlaylist } from '../../protocols/hls/testing/strict-parser.ts';
import {
  validateMediaPlaylist,
  validateMultivariantPlaylist,
  validateReload,
} from '../../protocols/hls/testing/validator.ts';
import { type ClipGateway, startClipGateway } from '../../testing/clip-gateway.ts';
import { gstreamerComplaints } from '../../testing/gstreamer-complaints.ts';

let gateway: ClipGateway;

beforeAll(async () => {
  gateway = await startClipGateway({ door: 'sub-360p.h264', garden: 'long-gop-360p.h264', tall: 'main-720p.h265' });
});
afterAll(() => gateway.close());

const base = (camera: string): string => `${gateway.origin}/api/cameras/${camera}/hls/`;

async function fetchText(url: string | URL): Promise<string> {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return text;
}

async function fetchBytes(url: string | URL): Promise<Uint8Array> {
  const response = await fetch(url);
  expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'private, max-age=3600, immutable']);
  return new Uint8Array(await response.arrayBuffer());
}

/** The address of the media playlist, which carries session and token. */
async function openPlayback(camera: string, token = 'listener', query = ''): Promise<{ index: string; media: URL }> {
  const url = `${base(camera)}index.m3u8?token=${token}${query}`;
  const index = await fetchText(url);
  return { index, media: new URL(index.trimEnd().split('\n').at(-1) as string, url) };
}

function withDirectives(media: URL, mediaSequence: number, part: number, skip = false): URL {
  const url = new URL(media);
  url.searchParams.set('_HLS_msn', String(mediaSequence));
  url.searchParams.set('_HLS_part', String(part));
  if (skip) url.searchParams.set('_HLS_skip', 'YES');
  return url;
}

/** What a low-latency player asks for next. */
function nextPart(text: string): [mediaSequence: number, part: number] {
  const { header, skipped, segments } = parseMediaPlaylist(text);
  const first = Number(header.get('#EXT-X-MEDIA-SEQUENCE')) + skipped;
  const last = segments.at(-1);
  const isOpen = last?.uri === undefined;
  return [first + segments.length - (isOpen ? 1 : 0), isOpen ? (last?.parts.length ?? 0) : 0];
}

/** Follows a playback part by part and collects what it names, whole segments first where there are no parts. */
async function follow(media: URL, reloads: number): Promise<{ bytes: Uint8Array; texts: string[] }> {
  const chunks: Uint8Array[] = [];
  const seen = new Set<string>();
  const texts: string[] = [];
  const fetchNew = async (uri: string): Promise<void> => {
    if (seen.has(uri)) return;
    seen.add(uri);
    chunks.push(await fetchBytes(new URL(uri, media)));
  };
  let text = await fetchText(media);
  for (let reload = 0; reload <= reloads; reload++) {
    texts.push(text);
    const { segments } = parseMediaPlaylist(text);
    for (const [index, { map, parts, uri }] of segments.entries()) {
      if (map) await fetchNew(map.get('URI') ?? '');
      if (parts.length === 0 && uri && reload === 0 && index === segments.length - 1) await fetchNew(uri);
      for (const { attributes } of parts) await fetchNew(attributes.get('URI') ?? '');
    }
    text = await fetchText(withDirectives(media, ...nextPart(text)));
  }
  return { bytes: Buffer.concat(chunks), texts };
}

async function videoTimes(bytes: Uint8Array): Promise<{ first: string; times: number[] }> {
  const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
  const track = await input.getPrimaryVideoTrack();
  const packets: { type: string; timestamp: number }[] = [];
  if (track) for await (const packet of new EncodedPacketSink(track).packets()) packets.push(packet);
  return { first: packets[0]?.type ?? '', times: packets.map((packet) => packet.timestamp) };
}

describe('a player that follows the playlist', () => {
  test('keeps the rules of RFC 8216bis from one reload to the next and misses no picture', async () => {
    const { index, media } = await openPlayback('garden');
    expect(validateMultivariantPlaylist(index)).toEqual([]);
    expect(index).toContain('CODECS="avc1.640016,fLaC",RESOLUTION=640x360,FRAME-RATE=15.000');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const { bytes, texts } = await follow(media, 12);
    expect(texts.flatMap((text) => validateMediaPlaylist(text))).toEqual([]);
    for (const [at, text] of texts.slice(1).entries()) {
      const problems = validateReload(texts[at] as string, text);
      expect(problems).toEqual([]);
    }
    const { first, times } = await videoTimes(bytes);
    expect(first).toBe('key');
    expect(times.length).toBeGreaterThan(30);
    for (let at = 1; at < times.length; at++)
      expect((times[at] as number) - (times[at - 1] as number)).toBeCloseTo(1 / 15, 3);
  });

  test('a viewer who joins late can get the current group of pictures as a recap and continues from there', async () => {
    const { media: early } = await openPlayback('garden');
    await fetchText(early);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const { media } = await openPlayback('garden', 'listener', '&recap=yes&sound=no');
    const hint = /PRELOAD-HINT:TYPE=PART,URI="(\d+\.)(\d+)([^"]*)"/.exec(await fetchText(media));
    const partAhead = (ahead: number): URL => new URL(`${hint?.[1]}${Number(hint?.[2]) + ahead}${hint?.[3]}`, media);
    const [hinted, tooFar] = await Promise.all([fetch(partAhead(0)), fetch(partAhead(4))]);
    expect([hinted.status, tooFar.status]).toEqual([200, 404]);
    expect((await hinted.arrayBuffer()).byteLength).toBeGreaterThan(100);
    const { bytes, texts } = await follow(media, 6);
    expect(texts[0]?.match(/,URI="\d+\.recap-\d+\.\d\.m4s/g)).toHaveLength(3);
    for (const [at, text] of texts.slice(1).entries()) expect(validateReload(texts[at] as string, text)).toEqual([]);
    const name = /\d+\.recap-\d+\.0\.m4s/.exec(texts[0] ?? '')?.[0] ?? '';
    for (const none of [
      name.replace('.0.m4s', '.9.m4s'),
      name.replace(/recap-\d+/, 'recap-0'),
      name.replace('recap-', 'recap-9999'),
    ]) {
      const url = new URL((texts[0] ?? '').match(/URI="([^"]*recap[^"]*)"/)?.[1]?.replace(name, none) ?? '', media);
      expect((await fetch(url)).status).toBe(404);
    }
    const { first, times } = await videoTimes(bytes);
    expect(first).toBe('key');
    const steps = times.slice(1).map((time, index) => time - (times[index] as number));
    const recap = steps.findLastIndex((step) => step < 0.03) + 1;
    expect(recap).toBeGreaterThan(15);
    expect((times[recap] as number) - (times[0] as number)).toBeLessThan(0.45);
    for (const step of steps.slice(recap)) expect(step).toBeCloseTo(1 / 15, 3);
  });

  test('can wait for a part that does not exist yet and gets it', async () => {
    const { media } = await openPlayback('door');
    const text = await fetchText(media);
    const [mediaSequence] = nextPart(text);
    // Right after the joining each part is a segment of its own.
    const later = await fetchText(withDirectives(media, mediaSequence + 1, 0, true));
    const last = await fetchText(withDirectives(media, mediaSequence + 2, 0, true));
    const [reached, parts] = nextPart(last);
    expect(reached + parts).toBeGreaterThan(mediaSequence + 2);
    expect(validateReload(text, later)).toEqual([]);
    expect(validateReload(later, last)).toEqual([]);
  });

  test('gets an announced part picture by picture while it grows', async () => {
    const { media } = await openPlayback('door');
    let text = await fetchText(media);
    for (let tries = 0; tries < 5; tries++) {
      const hint = parseMediaPlaylist(text).preloadHints[0]?.get('URI') ?? '';
      const response = await fetch(new URL(hint, media));
      if (response.ok) {
        const bytes = Buffer.from(await response.arrayBuffer());
        expect(bytes.toString('latin1', 4, 8)).toBe('moof');
        expect(Buffer.compare(bytes, await fetchBytes(new URL(hint, media)))).toBe(0);
        return;
      }
      text = await fetchText(media); // A key frame came first: the part will never be.
    }
    expect.unreachable('no announced part ever came');
  });
});

test.each([
  ['a part without a segment', '_HLS_part=1', 400],
  ['a segment far ahead', '_HLS_msn=99&_HLS_part=0', 400],
  ['no number', '_HLS_msn=next', 400],
])('%s is refused', async (_name, query, status) => {
  const { media } = await openPlayback('door');
  await fetchText(media);
  expect((await fetch(`${media}&${query}`)).status).toBe(status);
});

describe('who watches', () => {
  test('a token is added to every address, and none of them works without it', async () => {
    const { media } = await openPlayback('door');
    const text = await fetchText(media);
    const uris = [...text.matchAll(/URI="([^"]+)"|^(?!#)(.+)$/gm)].map((match) => match[1] ?? match[2] ?? '');
    expect(uris.length).toBeGreaterThan(2);
    for (const uri of uris) expect(uri).toMatch(/\?token=listener$/);
    const first = new URL(uris[0] as string, media);
    expect((await fetch(first)).status).toBe(200);
    first.searchParams.delete('token');
    expect((await fetch(first)).status).toBe(401);
  });

  test('a link without the right to listen gets no sound, not even with the address of a stream that has it', async () => {
    const { media } = await openPlayback('door');
    const deaf = await openPlayback('door', 'deaf');
    expect(deaf.index).toContain('CODECS="avc1.640016"');
    await fetchText(deaf.media);
    const stolen = new URL('init-1.mp4?token=deaf', media);
    expect((await fetch(stolen)).status).toBe(404);
    const hijacked = new URL(media);
    hijacked.searchParams.set('token', 'deaf');
    expect((await fetch(hijacked)).status).toBe(404);
  });

  test('objects of one camera are not found under the address of another, for which other rights are checked', async () => {
    const { media } = await openPlayback('door');
    const own = new URL('init-1.mp4?token=listener', media);
    await fetchText(media);
    expect((await fetch(own)).status).toBe(200);
    expect((await fetch(new URL(own.href.replace('/door/', '/tall/')))).status).toBe(404);
  });

  test('a viewer that was ended gets nothing more', async () => {
    const { media } = await openPlayback('tall');
    await fetchText(media);
    const waiting = fetch(withDirectives(media, 2, 0));
    gateway.hub.endViewers(({ camera }) => camera === 'tall', new GatewayError('share-revoked', 'Revoked.'));
    expect((await waiting).status).toBe(404);
    expect((await fetch(media)).status).toBe(404);
  });
});

describe('other players', () => {
  test.each(['door', 'tall'])(
    'ffmpeg plays %s without a complaint',
    async (camera) => {
      const url = `${base(camera)}index.m3u8?token=listener`;
      const args = ['-v', 'error', '-xerror', '-t', '2', '-i', url, '-f', 'null', '-'];
      const { stderr } = await promisify(execFile)('ffmpeg', args, { timeout: 50_000 });
      expect(stderr).toBe('');
    },
    60_000,
  );

  test('GStreamer plays it until it is told to stop', async () => {
    const uri = `${base('door')}index.m3u8?token=listener`;
    const sinks = ['video-sink=fakesink', 'audio-sink=fakesink'];
    const player = spawn('gst-launch-1.0', ['-e', 'playbin3', `uri=${uri}`, ...sinks], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const output of [player.stdout, player.stderr]) output.on('data', (chunk) => (said += chunk));
    await vi.waitFor(() => expect(said).toContain('New clock'), { timeout: 50_000, interval: 200 });
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(player.exitCode).toBeNull();
    player.kill('SIGKILL');
    await once(player, 'exit');
    expect(said).toContain('PLAYING');
    expect(gstreamerComplaints(said)).toEqual([]);
  }, 60_000);
});

test('readers who share the address of one playback take a seat each, and another program has to open its own', async () => {
  const { media } = await openPlayback('tall', 'pair');
  const [mediaSequence, part] = nextPart(await fetchText(media));
  const next = withDirectives(media, mediaSequence, part + 2);
  const statuses = await Promise.all(Array.from({ length: 6 }, async () => (await fetch(next)).status));
  expect(statuses.sort()).toEqual([200, 200, 503, 503, 503, 503]);
  expect(gateway.hub.viewers().filter(({ who }) => who === 'pair')).toHaveLength(2);
  const other = await fetch(media, { headers: { 'user-agent': 'another program' } });
  expect(other.status).toBe(404);
  const stranger = await fetch(`${base('tall')}index.m3u8?token=pair`, {
    headers: { 'user-agent': 'another program' },
  });
  expect(stranger.status).toBe(503);
});
