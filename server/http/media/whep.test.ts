import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../auth/principal.ts';
import { testRight } from '../../hub/testing/test-right.ts';
import { startTestRig, TestBrowser, type TestRig, until } from '../../outputs/webrtc/testing/rig.ts';
import { errorHandler } from '../error-handler.ts';
import { whepRoutes } from './whep.ts';

const ADA: Principal = {
  kind: 'user',
  who: 'ada',
  role: 'viewer',
  right: testRight(),
  cameras: 'all',
  mayListen: true,
  qualityCeiling: 'main',
};

describe('WHEP', () => {
  let rig: TestRig;
  let browser: TestBrowser;
  let server: Server;
  let base: string;
  beforeEach(async () => {
    const iceServers = [{ urls: ['turn:t.example', 'turns:t.example'] }];
    rig = await startTestRig({ config: { iceServers, turnSecret: 'secret' } });
    browser = new TestBrowser();
    const app = express();
    app.use(whepRoutes({ webrtc: rig.webrtc, access: () => ADA }), errorHandler(pino({ level: 'silent' })));
    server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.close();
    await browser.close();
    await rig.close();
  });

  const post = async (path = '/api/cameras/yard/whep', type = 'application/sdp') =>
    fetch(base + path, { method: 'POST', headers: { 'content-type': type }, body: await browser.offer() });
  const patch = (location: string | null, body: string) =>
    fetch(base + location, { method: 'PATCH', headers: { 'content-type': 'application/trickle-ice-sdpfrag' }, body });

  it('answers an offer, shows pictures, and takes the viewer away again', async () => {
    const response = await post();
    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toContain('application/sdp');
    const location = response.headers.get('location');
    expect(location).toMatch(/^\/api\/cameras\/yard\/whep\/[\w-]+$/);
    expect(response.headers.get('link')).toMatch(
      /^<turn:t\.example>; rel="ice-server"; username="\d+:ada"; credential="[^"]+"; credential-type="password", <turns:/,
    );
    await browser.accept(await response.text());
    await until(() => rig.hub.viewers().length === 1, 'a viewer');
    rig.camera.play(25);
    await until(() => browser.frames.length > 3, 'pictures');
    expect((await fetch(base + location, { method: 'DELETE' })).status).toBe(200);
    expect(rig.hub.viewers()).toHaveLength(0);
    expect((await fetch(base + location, { method: 'DELETE' })).status).toBe(404);
  });

  it('takes candidates, and answers new credentials with new ones', async () => {
    const response = await post();
    const location = response.headers.get('location');
    expect((await patch(location, 'a=candidate:1 1 udp 1 192.0.2.9 5000 typ host\r\n')).status).toBe(204);
    const fragment = 'a=ice-ufrag:anew\r\na=ice-pwd:anewanewanewanewanewan\r\n';
    const restarted = await patch(location, fragment);
    expect(restarted.status).toBe(200);
    const [, ufrag] = /a=ice-ufrag:(\S+)/.exec(await restarted.text()) ?? [];
    expect(restarted.headers.get('etag')).toBe(`"${ufrag}"`);
    expect(response.headers.get('etag')).not.toBe(`"${ufrag}"`);
    // Further candidates under the same credentials are not another restart.
    expect((await patch(location, `${fragment}a=candidate:1 1 udp 1 192.0.2.9 5000 typ host\r\n`)).status).toBe(204);
  });

  it('gives the small stream when asked, and lets nobody reach a viewer of another camera', async () => {
    const response = await post('/api/cameras/yard/whep?quality=sub');
    const location = response.headers.get('location') ?? '';
    expect(rig.hub.viewers()[0]?.quality).toBe('sub');
    expect((await fetch(base + location.replace('/yard/', '/door/'), { method: 'DELETE' })).status).toBe(404);
  });

  it.each([
    [
      'something else than SDP',
      () => post('/api/cameras/yard/whep', 'text/plain'),
      'Send the offer as application/sdp.',
    ],
    ['no camera', () => post('/api/cameras/No-Such/whep'), 'There is no such camera.'],
  ])('refuses %s with a sentence', async (_name, request, message) => {
    const response = await request();
    expect(response.ok).toBe(false);
    expect(((await response.json()) as { error: { message: string } }).error.message).toBe(message);
  });
});
