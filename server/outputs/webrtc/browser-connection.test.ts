import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MediaStreamTrack, RTCPeerConnection, type RtpPacket, useH264 } from 'werift';
import type { CameraId, ViewerId } from '../../../shared/ids.ts';
import type { Principal } from '../../auth/principal.ts';
import { testRight } from '../../hub/testing/test-right.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { OfferAnswered } from './browser-connections.ts';
import { startTestRig, type TestRig, until } from './testing/rig.ts';

const ADA: Principal = {
  kind: 'user',
  who: 'ada',
  role: 'viewer',
  right: testRight(),
  cameras: 'all',
  mayListen: true,
  qualityCeiling: 'main',
};

/** werift as a page with tiles. It counts the packets of each tile by its mid. */
class TestPage {
  readonly pc = new RTCPeerConnection({
    codecs: { video: [useH264()] },
    bundlePolicy: 'max-bundle',
    iceUseIpv6: false,
    iceInterfaceAddresses: { udp4: '127.0.0.1' },
    iceAdditionalHostAddresses: ['127.0.0.1'],
  });
  readonly packets = new Map<string, RtpPacket[]>();
  readonly ended: { readonly viewer: ViewerId; readonly code: string }[] = [];
  readonly #rig: TestRig;
  connection: string | undefined;

  constructor(rig: TestRig) {
    this.#rig = rig;
  }

  /** Adds a tile for each camera and agrees on all of them at once. */
  async watch(cameras: readonly string[], principal = ADA): Promise<OfferAnswered> {
    const added = cameras.map((camera) => ({ camera, transceiver: this.#addTile() }));
    const offer = await this.offer();
    const tiles = added.map(({ camera, transceiver }) => ({ mid: transceiver.mid ?? '', camera }));
    return this.negotiate(offer, tiles, principal);
  }

  async offer(): Promise<string> {
    await this.pc.setLocalDescription(await this.pc.createOffer());
    return this.pc.localDescription?.sdp ?? '';
  }

  async negotiate(
    offer: string,
    tiles: readonly { readonly mid: string; readonly camera: string }[],
    principal = ADA,
  ): Promise<OfferAnswered> {
    const answered = await this.ask(offer, tiles, principal);
    await this.pc.setRemoteDescription({ type: 'answer', sdp: answered.answer });
    if (this.connection) this.#rig.webrtc.connections.confirm(answered.connection, principal);
    this.connection = answered.connection;
    return answered;
  }

  ask(
    offer: string,
    tiles: readonly { readonly mid: string; readonly camera: string }[],
    principal = ADA,
  ): Promise<OfferAnswered> {
    return this.#rig.webrtc.connections.negotiate({
      ...(this.connection === undefined ? {} : { connection: this.connection }),
      offer,
      principal,
      lines: tiles.map(({ mid, camera }) => ({ mid, camera: camera as CameraId, quality: 'main', principal })),
      ended: (viewer, { code }) => this.ended.push({ viewer, code }),
    });
  }

  count(mid: string): number {
    return this.packets.get(mid)?.length ?? 0;
  }

  #addTile() {
    const transceiver = this.pc.addTransceiver('video', { direction: 'recvonly' });
    transceiver.onTrack.subscribe((track: MediaStreamTrack) => {
      track.onReceiveRtp.subscribe((packet) => {
        const mid = transceiver.mid ?? '';
        this.packets.set(mid, [...(this.packets.get(mid) ?? []), packet]);
      });
    });
    // werift asks a public STUN server unless it is told not to.
    for (const { connection } of this.pc.iceTransports) (connection as { stunServer?: unknown }).stunServer = undefined;
    return transceiver;
  }
}

const viewerOf = (answered: OfferAnswered, at: number): ViewerId => {
  const tile = answered.lines[at];
  if (!tile || !('line' in tile)) throw new Error('The tile was refused.');
  return tile.line.id;
};
const codeOf = (answered: OfferAnswered, at: number): string | undefined => {
  const tile = answered.lines[at];
  return tile && 'error' in tile ? tile.error.code : undefined;
};

describe('a page with many tiles', () => {
  let rig: TestRig;
  let page: TestPage;
  beforeEach(async () => {
    rig = await startTestRig();
    rig.camera.play(10, 3000);
    page = new TestPage(rig);
  });
  afterEach(async () => {
    await page.pc.close();
    await rig.close();
  });

  it('gets each tile on its own m-line over one transport, and each counts as a viewer', async () => {
    const answered = await page.watch(['door', 'yard', 'roof']);
    await until(() => ['0', '1', '2'].every((mid) => page.count(mid) > 10), 'three pictures');
    expect(page.pc.iceTransports).toHaveLength(1);
    expect(rig.hub.viewers().map(({ camera }) => camera)).toEqual(['door', 'yard', 'roof']);
    expect(rig.webrtc.statistics().viewers).toBe(3);
    const sources = ['0', '1', '2'].map((mid) => new Set(page.packets.get(mid)?.map(({ header }) => header.ssrc)));
    expect(sources.map(({ size }) => size)).toEqual([1, 1, 1]);
    expect(new Set(sources.flatMap((source) => [...source])).size).toBe(3);
    expect(answered.answer).toContain('a=group:BUNDLE 0 1 2');
    await until(() => rig.hub.viewers().every((one) => one.statistics?.().bitrateKbps !== undefined), 'statistics');
  });

  it('adds a tile later, whose group of pictures comes once the page has applied the answer', async () => {
    await page.watch(['door']);
    await until(() => page.count('0') > 5, 'the first picture');
    const before = page.count('0');
    await page.watch(['yard']);
    await until(() => page.count('1') > 5, 'the second picture');
    expect(page.count('0')).toBeGreaterThan(before);
    expect(rig.hub.viewers()).toHaveLength(2);
  });

  it('sends nothing for a tile before the page confirms the answer, and then everything from the key frame on', async () => {
    await page.watch(['door']);
    await until(() => page.count('0') > 5, 'the first picture');
    const [transceiver] = [page.pc.addTransceiver('video', { direction: 'recvonly' })];
    const offer = await page.offer();
    const answered = await page.ask(offer, [{ mid: transceiver.mid ?? '', camera: 'yard' }]);
    await new Promise((resolve) => setTimeout(resolve, 150));
    const line = rig.webrtc.connections.line(viewerOf(answered, 0));
    expect(line?.packets.sent).toBe(0);
    rig.webrtc.connections.confirm(answered.connection, ADA);
    await until(() => (line?.packets.sent ?? 0) > 0, 'its picture');
  });

  it('ends a single tile and uses its m-line again for another', async () => {
    const first = await page.watch(['door', 'yard']);
    await until(() => page.count('1') > 5, 'two pictures');
    rig.webrtc.connections.line(viewerOf(first, 1))?.close();
    expect(rig.hub.viewers().map(({ camera }) => camera)).toEqual(['door']);
    const silent = page.count('1');
    const again = await page.negotiate(await page.offer(), [{ mid: '1', camera: 'roof' }]);
    await until(() => page.count('1') > silent + 5, 'the other picture');
    expect(rig.hub.viewers().map(({ camera }) => camera)).toEqual(['door', 'roof']);
    expect(again.answer).toContain('a=msid:line-1');
  });

  it('ends the tile of an m-line that the page stopped or receives no more', async () => {
    await page.watch(['door', 'yard', 'roof']);
    const offer = await page.offer();
    const [head = '', ...sections] = offer.split('\r\nm=');
    const stopped = sections[1]?.replace(/^video \d+/, 'video 0') ?? '';
    const inactive = sections[2]?.replace('a=recvonly', 'a=inactive') ?? '';
    const { answer } = await page.ask([head, sections[0], stopped, inactive].join('\r\nm='), []);
    expect(rig.hub.viewers().map(({ camera }) => camera)).toEqual(['door']);
    expect(answer.match(/^m=video \d+/gm)).toEqual(['m=video 9', 'm=video 0', 'm=video 9']);
    expect(page.ended.map(({ code }) => code)).toEqual(['viewer-lost', 'viewer-lost']);
  });

  it('refuses a single tile while the others play', async () => {
    const answered = await page.watch(['door', 'yard'], { ...ADA, right: testRight('link'), maxViewers: 1 });
    expect(codeOf(answered, 1)).toBe('too-many-viewers');
    await until(() => page.count('0') > 5, 'the first picture');
    expect(page.count('1')).toBe(0);
    expect(answered.answer.split('\r\nm=')[2]).toContain('a=inactive');
  });

  it('ends a single tile when the gateway ends its viewer', async () => {
    const answered = await page.watch(['door', 'yard']);
    await until(() => page.count('1') > 5, 'two pictures');
    const ended = new GatewayError('share-revoked', 'This link was revoked.');
    rig.hub.endViewers(({ camera }) => camera === 'door', ended);
    expect(page.ended).toEqual([{ viewer: viewerOf(answered, 0), code: 'share-revoked' }]);
    const [gone, stays] = [page.count('0'), page.count('1')];
    await until(() => page.count('1') > stays + 10, 'the other to go on');
    expect(page.count('0') - gone).toBeLessThan(5);
  });

  it('ends all tiles with the connection, and leaves nothing behind', async () => {
    await page.watch(['door', 'yard']);
    await until(() => page.count('1') > 5, 'two pictures');
    rig.webrtc.connections.end(new GatewayError('viewer-lost', 'The viewer left.'));
    expect(page.ended.map(({ code }) => code)).toEqual(['viewer-lost', 'viewer-lost']);
    expect(rig.hub.viewers()).toEqual([]);
    expect(rig.webrtc.connections.all).toEqual([]);
    await expect(page.watch(['door'])).rejects.toMatchObject({ code: 'not-found' });
  });

  it('ends a connection that has had no tile for a while', async () => {
    const answered = await page.watch(['door']);
    rig.webrtc.connections.line(viewerOf(answered, 0))?.close();
    expect(rig.webrtc.connections.all).toHaveLength(1);
    await until(() => rig.webrtc.connections.all.length === 0, 'its end');
  });

  it('keeps no connection for a page whose every tile is refused', async () => {
    const answered = await page.watch(['door'], { ...ADA, maxViewers: 0 });
    expect(codeOf(answered, 0)).toBe('too-many-viewers');
    expect(rig.webrtc.connections.all).toEqual([]);
  });

  it('repairs and replays each picture by its own source', async () => {
    await page.watch(['door', 'yard']);
    await until(() => page.count('0') > 5 && page.count('1') > 5, 'two pictures');
    const [lost] = page.packets.get('1') ?? [];
    const { receiver } = page.pc.getTransceivers()[1] ?? {};
    await receiver?.sendRtcpPLI(lost?.header.ssrc ?? 0);
    const sent = () => rig.hub.viewers().map(({ id }) => rig.webrtc.connections.line(id)?.packets.sent ?? 0);
    await new Promise((resolve) => setTimeout(resolve, 700));
    const [door = 0, yard = 0] = sent();
    await receiver?.sendRtcpPLI(lost?.header.ssrc ?? 0);
    await until(() => (sent()[1] ?? 0) - yard > (sent()[0] ?? 0) - door, 'the group of one tile again');
  });

  describe('whose offer is hostile', () => {
    it.each([
      ['100 m-lines', (offer: string) => offer + `m=${offer.split('\r\nm=')[1]}`.repeat(100), 'bad-request'],
      ['two m-lines of one mid', (offer: string) => `${offer}m=${offer.split('\r\nm=')[1]}`, 'bad-request'],
      ['more than any page needs', (offer: string) => offer.padEnd(300_000, ' '), 'too-large'],
      ['no SDP', () => 'v=1', 'bad-request'],
    ])('is refused as a whole: %s', async (_name, spoil, code) => {
      page.pc.addTransceiver('video', { direction: 'recvonly' });
      const offer = spoil(await page.offer());
      await expect(page.ask(offer, [{ mid: '0', camera: 'door' }])).rejects.toMatchObject({ code });
      expect(rig.hub.viewers()).toEqual([]);
      expect(rig.webrtc.connections.all).toEqual([]);
    });

    it('gets no second camera on an m-line, no camera on a missing m-line, and no unknown camera', async () => {
      const asked = ['0', '0', '7'].map((mid) => ({ mid, camera: 'door' }));
      page.pc.addTransceiver('video', { direction: 'recvonly' });
      const answered = await page.ask(await page.offer(), asked);
      expect([0, 1, 2].map((at) => codeOf(answered, at))).toEqual([undefined, 'bad-request', 'bad-request']);
      expect(rig.hub.viewers()).toHaveLength(1);
    });

    it('cannot take over the connection of another session, nor change whose it is', async () => {
      await page.watch(['door']);
      const eve = { ...ADA, right: testRight('session', '2') };
      await expect(page.watch(['yard'], eve)).rejects.toMatchObject({ code: 'not-found' });
      const offer = (await page.offer()).replaceAll(/a=ice-ufrag:.*/g, 'a=ice-ufrag:other');
      await expect(page.ask(offer, [])).rejects.toMatchObject({ code: 'bad-request' });
      expect(rig.hub.viewers()).toHaveLength(1);
    });
  });
});
