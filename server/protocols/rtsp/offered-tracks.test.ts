import { describe, expect, test } from 'vitest';
import { selectTracks } from './offered-tracks.ts';
import { parseSdp } from './sdp.ts';

const tracksOf = (...lines: string[]) => selectTracks(parseSdp(lines.join('\r\n')));
const SPS = 'Z0LAHtkAoC/5cBEAAAMAAQAAAwA8DxYuSA==';

describe('selectTracks', () => {
  test('H.264 with its parameter sets and control', () => {
    const [video] = tracksOf(
      'm=video 0 RTP/AVP 96',
      'a=rtpmap:96 H264/90000',
      `a=fmtp:96 packetization-mode=1;sprop-parameter-sets=${SPS},aMuDyyA=`,
      'a=control:trackID=0',
    );
    expect(video).toMatchObject({
      payloadType: 96,
      clockRateHz: 90_000,
      control: 'trackID=0',
      format: { kind: 'h264' },
    });
    const sets = video?.info.kind === 'video' ? video.info.parameterSets : [];
    expect(sets.map((set) => Buffer.from(set).toString('base64'))).toEqual([SPS, 'aMuDyyA=']);
  });

  test('start codes in front of parameter sets are removed', () => {
    const prefixed = Buffer.concat([Buffer.from([0, 0, 0, 1]), Buffer.from(SPS, 'base64')]).toString('base64');
    const [video] = tracksOf(
      'm=video 0 RTP/AVP 96',
      'a=rtpmap:96 H264/90000',
      `a=fmtp:96 sprop-parameter-sets=${prefixed}`,
    );
    const sets = video?.info.kind === 'video' ? video.info.parameterSets : [];
    expect(sets.map((set) => Buffer.from(set).toString('base64'))).toEqual([SPS]);
  });

  test('H.265 with order numbers', () => {
    const [video] = tracksOf(
      'm=video 0 RTP/AVP 97',
      'a=rtpmap:97 H265/90000',
      'a=fmtp:97 sprop-vps=QAE=;sprop-max-don-diff=2',
    );
    expect(video).toMatchObject({ info: { codec: 'h265' }, format: { kind: 'h265', hasOrderNumbers: true } });
  });

  test.each([
    ['PCMU without rtpmap', ['m=audio 0 RTP/AVP 0'], { codec: 'pcmu', sampleRateHz: 8000, channels: 1 }],
    ['PCMA', ['m=audio 0 RTP/AVP 8', 'a=rtpmap:8 PCMA/8000/1'], { codec: 'pcma' }],
    [
      'G.722, whose clock lies',
      ['m=audio 0 RTP/AVP 9', 'a=rtpmap:9 G722/8000'],
      { codec: 'g722', sampleRateHz: 16_000 },
    ],
    [
      'Opus',
      ['m=audio 0 RTP/AVP 98', 'a=rtpmap:98 opus/48000/2'],
      { codec: 'opus', sampleRateHz: 48_000, channels: 2 },
    ],
    [
      'AAC (RFC 3640)',
      ['m=audio 0 RTP/AVP 97', 'a=rtpmap:97 MPEG4-GENERIC/16000/1', 'a=fmtp:97 mode=AAC-hbr;config=1408;SizeLength=13'],
      { codec: 'aac', sampleRateHz: 16_000, channels: 1, config: Buffer.from('1408', 'hex') },
    ],
    [
      'AAC without a configuration',
      ['m=audio 0 RTP/AVP 97', 'a=rtpmap:97 mpeg4-generic/48000/2'],
      { codec: 'aac', sampleRateHz: 48_000, channels: 2, config: Uint8Array.of(0x11, 0x90) },
    ],
    [
      'AAC in LATM',
      ['m=audio 0 RTP/AVP 97', 'a=rtpmap:97 MP4A-LATM/90000', 'a=fmtp:97 cpresent=0;config=400028103fc0'],
      { codec: 'aac', sampleRateHz: 16_000, channels: 1, config: Uint8Array.of(0x14, 0x08) },
    ],
  ])('%s', (_name, lines, expected) => {
    expect(tracksOf(...lines)[0]?.info).toEqual(expect.objectContaining({ kind: 'audio', ...expected }));
  });

  test('it chooses the sound that browsers play out of several', () => {
    const aac = ['m=audio 0 RTP/AVP 97', 'a=rtpmap:97 MPEG4-GENERIC/16000/1', 'a=fmtp:97 config=1408'];
    const opus = ['m=audio 0 RTP/AVP 98', 'a=rtpmap:98 opus/48000/2'];
    expect(tracksOf(...aac, ...opus).map((track) => track.info.codec)).toEqual(['opus']);
    expect(tracksOf(...aac, 'm=audio 0 RTP/AVP 0 8').map((track) => track.info.codec)).toEqual(['pcmu']);
  });

  test('a way to the loudspeaker is not taken for the microphone', () => {
    const tracks = tracksOf(
      'm=audio 0 RTP/AVP 0',
      'a=control:speaker',
      'a=sendonly',
      'm=audio 0 RTP/AVP 8',
      'a=control:microphone',
      'a=recvonly',
    );
    expect(tracks.map((track) => track.control)).toEqual(['microphone']);
  });

  test('multicast groups of the description', () => {
    const [video] = tracksOf('c=IN IP4 239.0.0.1/16', 'm=video 5000 RTP/AVP 96', 'a=rtpmap:96 H264/90000');
    expect(video?.group).toEqual({ address: '239.0.0.1', port: 5000 });
  });

  test.each([
    ['JPEG', ['m=video 0 RTP/AVP 26'], /JPEG/],
    ['MPEG-4', ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 MP4V-ES/90000', 'm=audio 0 RTP/AVP 0'], /MP4V-ES/],
    ['metadata alone', ['m=application 0 RTP/AVP 107', 'a=rtpmap:107 vnd.onvif.metadata/90000'], /VND.ONVIF/],
    ['nothing', ['v=0'], /nothing/],
  ])('%s cannot be passed on', (_name, lines, message) => {
    expect(() => tracksOf(...lines)).toThrow(
      expect.objectContaining({ code: 'unsupported-codec', message: expect.stringMatching(message) }),
    );
  });
});
