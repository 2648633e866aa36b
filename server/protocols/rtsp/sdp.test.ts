import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatParameters, parseSdp, rtpMap, type SdpMedia, sdpAttribute, serializeSdp } from './sdp.ts';

const only = (text: string): SdpMedia => parseSdp(text).media[0] as SdpMedia;

describe('parseSdp', () => {
  test.each([
    ['everything but m= missing', 'm=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000'],
    [
      'lines that make no sense',
      'v=\no=- a b 1 IN\ns=\ns=again\nt=now-\nc=IN \nhello\nm=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\n',
    ],
    ['carriage returns only', 'v=0\rm=video 0 RTP/AVP 96\ra=rtpmap:96 H264/90000\r'],
    ['tabs and spaces behind', 'm=video 0 RTP/AVP 96\t \r\na=rtpmap:96 H264/90000  \r\n'],
    ['a port with a count', 'm=video 49170/2 RTP/AVP 96\r\na=rtpmap:96 h264/90000/1'],
  ])('%s', (_name, text) => {
    expect(rtpMap(only(text), 96)).toEqual({ encoding: 'H264', clockRateHz: 90_000, channels: 1 });
  });

  test('a media section that makes no sense is left out with its attributes', () => {
    const description = parseSdp(
      'm=video 0 RTP/AVP 96\r\na=control:a\r\nm=application/TP-LINK 0 RTP/AVP smart/1/90000\r\na=rtpmap:95 TP-LINK/90000\r\nm=audio 0 RTP/AVP 8\r\na=control:b',
    );
    expect(description.media.map((medium) => sdpAttribute(medium.attributes, 'control'))).toEqual(['a', 'b']);
  });

  test.each([
    ['c=IN IP4 239.1.2.3/64', '239.1.2.3'],
    ['c=IN IPV4 10.0.0.1', '10.0.0.1'],
    ['c=IP4 IN 10.0.0.1', '10.0.0.1'],
    ['c=IN IP6 ff02::1', 'ff02::1'],
  ])('address of %s', (line, address) => {
    expect(only(`m=video 0 RTP/AVP 96\r\n${line}\r\n`).address).toBe(address);
    expect(parseSdp(`${line}\r\n`).address).toBe(address);
  });

  test('random text never throws', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'mac=:/ 09\r\nRTP') }),
        (text) => parseSdp(text).media.length >= 0,
      ),
    );
  });
});

describe('rtpMap', () => {
  test.each([
    ['static without rtpmap (Foscam)', 'm=audio 0 RTP/AVP 0', 0, { encoding: 'PCMU', clockRateHz: 8000 }],
    ['H.264 on a static number (Bosch)', 'm=video 0 RTP/AVP 35\na=rtpmap:35 H264/90000', 35, { encoding: 'H264' }],
    [
      'rtpmap wins over the static table',
      'm=audio 0 RTP/AVP 0\na=rtpmap:0 PCMA/16000/2',
      0,
      { encoding: 'PCMA', channels: 2 },
    ],
  ])('%s', (_name, text, type, expected) => {
    expect(rtpMap(only(text), type)).toMatchObject(expected);
  });

  test('unknown without rtpmap', () => {
    expect(rtpMap(only('m=video 0 RTP/AVP 97'), 97)).toBeUndefined();
  });
});

describe('formatParameters', () => {
  const find = (text: string): Record<string, string> => {
    const description = parseSdp(text);
    return Object.fromEntries(formatParameters(description, description.media[0] as SdpMedia, 96));
  };

  test.each([
    [
      'names in lower case, values untouched',
      'm=video 0 RTP/AVP 96\na=fmtp:96 Packetization-Mode=1; sprop=Zm8=,YmE=',
      { 'packetization-mode': '1', sprop: 'Zm8=,YmE=' },
    ],
    ['nothing behind the number (Ubiquiti)', 'm=video 0 RTP/AVP 96\na=fmtp:96', {}],
    ['under another medium', 'm=video 0 RTP/AVP 96\nm=audio 0 RTP/AVP 0\na=fmtp:96 sprop=x', { sprop: 'x' }],
    [
      'the line of the own medium first',
      'm=video 0 RTP/AVP 96\na=fmtp:96 sprop=x\nm=video 0 RTP/AVP 96\na=fmtp:96 sprop=y',
      { sprop: 'x' },
    ],
  ])('%s', (_name, text, expected) => {
    expect(find(text)).toEqual(expected);
  });
});

test('undoes serializeSdp', () => {
  const description = {
    name: 'Oriel',
    origin: '127.0.0.1',
    address: '0.0.0.0',
    attributes: [['control', '*']] as const,
    media: [
      {
        kind: 'video',
        port: 0,
        protocol: 'RTP/AVP',
        payloadTypes: [96],
        attributes: [['rtpmap', '96 H264/90000']] as const,
      },
      { kind: 'audio', port: 0, protocol: 'RTP/AVP', payloadTypes: [0, 8], attributes: [['recvonly', '']] as const },
    ],
  };
  expect(parseSdp(serializeSdp(description))).toEqual(description);
});
