import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VideoTrack } from '../../../media/access-unit.ts';
import { GatewayError } from '../../../platform/errors.ts';
import { answerTracks, inOrderOf } from './answer-media.ts';
import { firstWanted, parseBrowserOffer } from './browser-offer.ts';
import { hasBFrames } from './codec-choice.ts';
import { serializeAnswer } from './sdp-answer.ts';

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}.sdp`, import.meta.url), 'utf8');

/** Parameter sets that x264 wrote for a 320x180 picture. */
const SPS = {
  high: '6764000cacb202833f3e0220000003002000000641e28549',
  main: '674d400cd901419f9f011000000300100000030320f142a480',
  baseline: '6742c00cd901419f9f011000000300100000030320f142a480',
  withBFrames: '674d400ceca0a0cfcf80880000030008000003019078a14cb0',
  damaged: '67640028ffffffff',
};
const camera = (sps?: string): VideoTrack => ({
  kind: 'video',
  codec: 'h264',
  parameterSets: sps ? [Uint8Array.from(Buffer.from(sps, 'hex'))] : [],
});
const pcmu = { kind: 'audio', codec: 'pcmu', sampleRateHz: 8000, channels: 1 } as const;

function answer(sdp: string, tracks: Parameters<typeof answerTracks>[1]): string {
  const offer = parseBrowserOffer(sdp);
  const candidate = {
    foundation: 'udp0',
    component: 1,
    transport: 'udp',
    priority: 1,
    address: '192.0.2.1',
    port: 8189,
    type: 'host',
  } as const;
  const facts = {
    version: 1,
    sessionId: '7',
    ice: { ufrag: 'ours', password: 'secret' },
    fingerprint: 'AA:BB',
    candidates: [candidate],
  };
  return serializeAnswer(offer, { ...facts, media: inOrderOf(offer, answerTracks(firstWanted(offer), tracks)) });
}

const section = (sdp: string, kind: string) => sdp.slice(sdp.indexOf(`m=${kind}`)).split('\r\nm=')[0] as string;

describe('parseBrowserOffer', () => {
  it('reads the needed parts of a Chromium offer', () => {
    const offer = parseBrowserOffer(fixture('chromium-156'));
    expect(offer.media.map(({ kind, mid, receives }) => [kind, mid, receives])).toEqual([
      ['video', '0', true],
      ['audio', '1', true],
    ]);
    expect(offer.ice.password.length).toBeGreaterThan(20);
    expect(offer.fingerprints[0]?.algorithm).toBe('sha-256');
    expect(offer.media[0]?.extensions.get('urn:ietf:params:rtp-hdrext:sdes:mid')).toBe(9);
    expect(offer.candidates.every(({ address }) => address.endsWith('.local'))).toBe(true);
  });

  it('takes the fingerprint of a Firefox offer from its session part', () => {
    expect(parseBrowserOffer(fixture('firefox-153')).fingerprints).toHaveLength(1);
  });

  it.each([
    ['nothing', '', 'it is not SDP'],
    ['no media', 'v=0\r\ns=-\r\n', 'it has no media'],
    [
      'no ICE credentials',
      'v=0\r\na=fingerprint:sha-256 AA\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n',
      'it has no ICE credentials',
    ],
    ['a client that insists on our role', 'v=0\r\nm=video 9 X 96\r\na=setup:passive\r\n', 'DTLS server role'],
  ])('refuses %s with a sentence', (_name, sdp, why) => {
    expect(() => parseBrowserOffer(sdp)).toThrow(why);
  });

  it('returns or throws a GatewayError whatever lines are lost or doubled', () => {
    const lines = fixture('chromium-156').split('\r\n');
    fc.assert(
      fc.property(fc.array(fc.nat(lines.length - 1), { maxLength: 60 }), (picked) => {
        try {
          answer(['v=0', ...picked.map((index) => lines[index])].join('\r\n'), {
            video: camera(SPS.main),
            audio: pcmu,
          });
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
        }
      }),
    );
  });
});

describe('the choice of an H.264 payload type', () => {
  it.each([
    ['Chromium, which lists no High profile, gets a High camera as Main', 'chromium-156', SPS.high, 116],
    ['Chromium, Main', 'chromium-156', SPS.main, 116],
    ['Chromium, Constrained Baseline', 'chromium-156', SPS.baseline, 108],
    ['Chromium, a camera that has not said yet', 'chromium-156', undefined, 108],
    ['Chromium, a camera whose parameter set cannot be read', 'chromium-156', SPS.damaged, 108],
    ['Safari, whose High is constrained and of another level', 'safari-26', SPS.high, 96],
    ['Safari, Constrained Baseline of another level', 'safari-26', SPS.baseline, 98],
  ])('%s', (_name, browser, sps, payloadType) => {
    const video = section(answer(fixture(browser), { video: camera(sps) }), 'video');
    expect(video).toMatch(new RegExp(`^m=video 9 UDP/TLS/RTP/SAVPF ${payloadType} `));
    expect(video).toContain('packetization-mode=1');
    expect(video).toMatch(new RegExp(`a=fmtp:\\d+ apt=${payloadType}`));
  });

  it('never chooses packetization-mode 0, in which no picture fits', () => {
    const only0 = fixture('chromium-156').replaceAll('packetization-mode=1', 'packetization-mode=0');
    expect(() => answer(only0, { video: camera(SPS.main) })).toThrow('does not receive');
  });

  it('says that a browser without H.264 cannot show the camera', () => {
    expect(() => answer(fixture('firefox-153'), { video: camera(SPS.main), audio: pcmu })).toThrow(
      'This camera sends H.264, which this browser does not receive over WebRTC.',
    );
  });

  it('sees in the parameter set that a camera sends B-frames', () => {
    expect(hasBFrames(camera(SPS.withBFrames))).toBe(true);
    for (const sps of [SPS.high, SPS.main, SPS.baseline, SPS.damaged, undefined])
      expect(hasBFrames(camera(sps))).toBe(false);
  });

  it('sends H.265 when it is offered and refuses otherwise', () => {
    const track: VideoTrack = { kind: 'video', codec: 'h265', parameterSets: [] };
    expect(section(answer(fixture('safari-26'), { video: track }), 'video')).toMatch(/^m=video 9 \S+ 100 101/);
    expect(() => answer(fixture('chromium-156'), { video: track })).toThrow('sends H.265');
  });
});

describe('an answer', () => {
  const sdp = answer(fixture('chromium-156'), { video: camera(SPS.main), audio: pcmu });

  it('puts everything on one transport, as DTLS server and ICE lite, and only sends', () => {
    expect(sdp).toContain('a=group:BUNDLE 0 1\r\n');
    expect(sdp).toContain('a=ice-lite\r\n');
    for (const kind of ['video', 'audio']) {
      expect(section(sdp, kind)).toContain('a=setup:passive');
      expect(section(sdp, kind)).toContain('a=sendonly');
      expect(section(sdp, kind)).toContain('cname:oriel');
    }
  });

  it('agrees to NACK and PLI and to no bandwidth estimation', () => {
    expect(section(sdp, 'video').match(/a=rtcp-fb.*/g)).toEqual(['a=rtcp-fb:116 nack', 'a=rtcp-fb:116 nack pli']);
    expect(sdp).not.toContain('transport-wide-cc');
  });

  it('asks for immediate pictures only when there is no sound to keep in sync', () => {
    expect(section(sdp, 'video')).not.toContain('playout-delay');
    expect(section(answer(fixture('chromium-156'), { video: camera() }), 'video')).toContain('playout-delay');
  });

  it.each([
    ['AAC', answer(fixture('chromium-156'), { video: camera(), audio: { ...pcmu, codec: 'aac' } })],
    ['no sound', answer(fixture('chromium-156'), { video: camera() })],
  ])('keeps the audio line open but silent for %s', (_name, silent) => {
    expect(section(silent, 'audio')).toContain('a=inactive');
    expect(section(silent, 'audio')).not.toContain('a=ssrc');
    expect(silent).toContain('a=group:BUNDLE 0 1\r\n');
  });

  it.each(['pcmu', 'pcma', 'g722', 'opus'] as const)('passes %s through', (codec) => {
    const audio = { ...pcmu, codec };
    expect(section(answer(fixture('chromium-156'), { video: camera(), audio }), 'audio').toLowerCase()).toContain(
      ` ${codec}/`,
    );
  });

  it('rejects what it does not know', () => {
    const withData = `${fixture('safari-26')}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n`;
    expect(answer(withData, { video: camera() })).toContain('m=application 0 UDP/DTLS/SCTP webrtc-datachannel');
  });

  it('sends only sound to a browser that asks for a camera without picture', () => {
    expect(section(answer(fixture('firefox-153'), { audio: pcmu }), 'audio')).toContain('a=sendonly');
  });
});
