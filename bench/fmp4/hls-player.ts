import { Agent, request } from 'node:http';

export type Totals = { bytes: number; parts: number; failures: number };

/** An LL-HLS player on one or two persistent connections. It repeats a blocking reload and then fetches the new parts. */
export async function playHls(origin: string, totals: Totals, signal: AbortSignal): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });
  signal.addEventListener('abort', () => agent.destroy());
  const base = `${origin}/api/cameras/camera/hls/`;
  const get = (url: string): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const asked = request(url, { agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve(Buffer.concat(chunks)));
        response.on('error', reject);
      });
      asked.on('error', reject).end();
    });
  const seen = new Set<string>();
  const index = (await get(`${base}index.m3u8`)).toString();
  const media = new URL(index.trimEnd().split('\n').at(-1) as string, base).href;
  let text = (await get(media)).toString();
  while (!signal.aborted) {
    for (const [, uri = ''] of text.matchAll(/#EXT-X-PART:.*URI="([^"]+)"/g)) {
      if (seen.has(uri)) continue;
      seen.add(uri);
      const { length } = await get(new URL(uri, media).href);
      totals.bytes += length;
      totals.parts++;
    }
    const [mediaSequence, part] = nextOf(text);
    text = (await get(`${media}&_HLS_msn=${mediaSequence}&_HLS_part=${part}&_HLS_skip=YES`)).toString();
    if (!text.startsWith('#EXTM3U')) totals.failures++;
  }
}

function nextOf(text: string): [mediaSequence: number, part: number] {
  const first = Number(/MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1] ?? 0);
  const skipped = Number(/SKIPPED-SEGMENTS=(\d+)/.exec(text)?.[1] ?? 0);
  const complete = text.match(/#EXTINF/g)?.length ?? 0;
  const open = text.slice(text.lastIndexOf('#EXTINF')).match(/#EXT-X-PART:/g)?.length ?? 0;
  return [first + skipped + complete, open];
}
