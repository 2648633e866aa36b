import { expect, test } from '@playwright/test';
import { freePort, startCameras, startGateway } from './gateway.ts';
import { type Inspector, inspect, type Measurement } from './inspect.ts';

const VIEWERS = 100;
const AT_ONCE = 10;
const CAMERAS = ['driveway', 'harbour', 'garden', 'warehouse'];
const TOKEN = 'a-token-for-a-hundred-viewers';
const MAX_HEAP_GROWTH_MB = 10;

test('a hundred viewers come and go, and the gateway is where it was', async ({ page }) => {
  test.setTimeout(240_000);
  const inspectPort = await freePort();
  const rtspPort = await freePort();
  // In a process of their own: a camera may remember its visitors for longer than the gateway does.
  const cameras = await startCameras(rtspPort);
  const gateway = await startGateway({
    args: [],
    config: {
      cameras: CAMERAS.map((id) => ({
        id,
        username: 'demo',
        password: 'demo-camera',
        url: `rtsp://127.0.0.1:${rtspPort}/${id}/main`,
        substream: `rtsp://127.0.0.1:${rtspPort}/${id}/sub`,
      })),
      auth: { tokens: [{ name: 'crowd', role: 'admin', token: TOKEN }] },
      limits: { maxViewers: VIEWERS },
      log: { level: 'warn' },
    },
    nodeArgs: [`--inspect=127.0.0.1:${inspectPort}`],
  });
  const inspector = await inspect(inspectPort);
  const metric = async (name: string): Promise<number> => {
    const reply = await fetch(`${gateway.url}/metrics`, {
      headers: { authorization: `Bearer ${TOKEN}`, connection: 'close' },
    });
    const lines = (await reply.text()).split('\n').filter((line) => line.startsWith(name));
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };
  try {
    await page.goto(gateway.url);
    const crowd = (viewers: number): Promise<number> =>
      page.evaluate(watchAndLeave, { viewers, atOnce: AT_ONCE, token: TOKEN });
    // The first viewers make what stays for good: compiled code, statements, the cipher contexts' code paths.
    expect(await crowd(AT_ONCE)).toBe(AT_ONCE);
    await expect.poll(() => metric('oriel_sources_running'), { timeout: 20_000 }).toBe(0);
    const before = await atRest(inspector);

    expect(await crowd(VIEWERS)).toBe(VIEWERS);

    await expect.poll(() => metric('oriel_viewers'), { timeout: 20_000 }).toBe(0);
    await expect.poll(() => metric('oriel_sources_running'), { timeout: 20_000 }).toBe(0);
    const after = await atRest(inspector);
    expect(after.resources).toEqual(before.resources);
    expect(after.heapMb - before.heapMb).toBeLessThan(MAX_HEAP_GROWTH_MB);
  } finally {
    inspector.close();
    await gateway.stop();
    await cameras.kill();
  }
});

/** What is alive once nothing has changed for a while. */
async function atRest(inspector: Inspector): Promise<Measurement> {
  let last = await inspector.measure();
  for (let quietS = 0, lookedS = 0; quietS < 6 && lookedS < 60; lookedS++) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const next = await inspector.measure();
    quietS = JSON.stringify(next.resources) === JSON.stringify(last.resources) ? quietS + 1 : 0;
    last = next;
  }
  return last;
}

/** In the browser: each viewer sees a picture, then leaves. Answers how many saw one. */
async function watchAndLeave({
  viewers,
  atOnce,
  token,
}: {
  viewers: number;
  atOnce: number;
  token: string;
}): Promise<number> {
  const cameras = ['driveway', 'harbour', 'garden', 'warehouse'];
  const watch = async (number: number): Promise<boolean> => {
    const connection = new RTCPeerConnection();
    connection.addTransceiver('video', { direction: 'recvonly' });
    const video = document.createElement('video');
    video.muted = true;
    connection.ontrack = ({ track }) => {
      video.srcObject = new MediaStream([track]);
      void video.play().catch(() => {});
    };
    await connection.setLocalDescription(await connection.createOffer());
    const reply = await fetch(`/api/cameras/${cameras[number % cameras.length]}/whep?quality=sub`, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp', authorization: `Bearer ${token}` },
      body: connection.localDescription?.sdp ?? '',
    });
    if (!reply.ok) throw new Error(`${reply.status} ${await reply.text()}`);
    await connection.setRemoteDescription({ type: 'answer', sdp: await reply.text() });
    const seen = await new Promise<boolean>((resolve) => {
      setTimeout(() => resolve(false), 20_000);
      video.requestVideoFrameCallback(() => resolve(true));
    });
    video.srcObject = null;
    connection.close();
    return seen;
  };
  let count = 0;
  for (let from = 0; from < viewers; from += atOnce) {
    const batch = Array.from({ length: Math.min(atOnce, viewers - from) }, (_, n) => watch(from + n));
    count += (await Promise.all(batch)).filter(Boolean).length;
  }
  return count;
}
