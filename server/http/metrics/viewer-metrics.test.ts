import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestRig, TestBrowser, type TestRig, until } from '../../outputs/webrtc/testing/rig.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { STUN_ATTRIBUTE, STUN_TYPE, serializeStunMessage } from '../../protocols/stun/stun-message.ts';
import { registerHubMetrics } from './hub-metrics.ts';
import { registerViewerMetrics, registerWebrtcMetrics } from './viewer-metrics.ts';

let rig: TestRig;
let browser: TestBrowser;
beforeEach(async () => {
  rig = await startTestRig();
  browser = new TestBrowser();
});
afterEach(async () => {
  await browser.close();
  await rig.close();
});

it('has every figure in docs/metrics.md, and no other', () => {
  const metrics = createMetrics();
  registerHubMetrics(metrics, rig.hub);
  registerViewerMetrics(metrics, rig.hub);
  registerWebrtcMetrics(metrics, rig.webrtc);
  const text = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
  const listed = [...text.matchAll(/^\| `([a-z_]+)/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual(
    metrics
      .getMetricsAsArray()
      .map(({ name }) => name)
      .sort(),
  );
});

it('shows what one viewer gets, and how WebRTC sends', async () => {
  const metrics = createMetrics();
  registerViewerMetrics(metrics, rig.hub);
  registerWebrtcMetrics(metrics, rig.webrtc);
  /** The number of the line that begins so. */
  const value = async (name: string): Promise<number | undefined> => {
    const line = (await metrics.metrics()).split('\n').find((one) => one.startsWith(name));
    return line === undefined ? undefined : Number(line.split(' ').at(-1));
  };
  const viewer = await rig.open(await browser.offer());
  await browser.accept(viewer.answer);
  await until(() => viewer.isConnected, 'a connection');
  rig.camera.play(25);
  // Bitrate and loss take two reports, each a second after the other.
  await until(() => viewer.statistics.bitrateKbps !== undefined, 'a measured bitrate');
  await until(() => viewer.statistics.lossPercent !== undefined, 'a report of the receiver');
  // The first report may come before the receiver has had one to answer.
  await until(() => viewer.statistics.roundTripMs !== undefined, 'a measured round trip');
  const labels = `{camera="yard",kind="webrtc",viewer="${viewer.id}"}`;
  expect(await value(`oriel_viewer_bitrate_kbps${labels}`)).toBeGreaterThan(500);
  expect(await value(`oriel_viewer_loss_percent${labels}`)).toBe(0);
  expect(await value(`oriel_viewer_round_trip_ms${labels}`)).toBeLessThan(1000);
  expect(await value(`oriel_viewer_skipped_frames${labels}`)).toBe(0);
  expect(await value(`oriel_viewer_picture_age_ms${labels}`)).toBeLessThan(1000);
  expect(await value(`oriel_webrtc_send_path{path="${rig.webrtc.sendPath}"}`)).toBe(1);
  expect(await value('oriel_webrtc_packets_sent_total')).toBeGreaterThan(browser.packets.length - 1);

  const stranger = createSocket('udp4');
  const username = { type: STUN_ATTRIBUTE.username, value: Buffer.from('some:body') };
  const request = { type: STUN_TYPE.bindingRequest, transactionId: Buffer.alloc(12, 1), attributes: [username] };
  stranger.send(serializeStunMessage(request, 'guess'), rig.webrtc.port, '127.0.0.1');
  await expect.poll(() => value('oriel_webrtc_stun_refused_total')).toBe(1);
  stranger.close();

  viewer.close();
  expect(await value('oriel_viewer_bitrate_kbps')).toBeUndefined();
});
