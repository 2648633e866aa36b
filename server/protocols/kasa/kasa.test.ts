import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../platform/errors.ts';
import { decodeAutokey, encodeAutokey } from './autokey.ts';
import { parseDiscoveryAnswer, serializeDiscovery } from './discovery.ts';
import { type LinkieCommand, parseLinkieReply, serializeLinkieCommand } from './linkie.ts';
import { basicAuthorization, CONTROL_FORMS, formsToTry, STREAM_FORMS } from './password-form.ts';
import { parseKasaPart } from './stream-part.ts';
import { KasaTimeline } from './timeline.ts';

const headers = (entries: Record<string, string>): ReadonlyMap<string, string> => new Map(Object.entries(entries));

describe('password forms', () => {
  test.each([
    ['base64', 'me@mail.org:cGFzcw=='],
    ['plain', 'me@mail.org:pass'],
    ['md5', 'me@mail.org:1a1dc91c907325c69271ddf0c944bc72'],
  ] as const)('%s', (form, expected) => {
    const value = basicAuthorization('me@mail.org', 'pass', form);
    expect(Buffer.from(value.replace('Basic ', ''), 'base64').toString()).toBe(expected);
  });

  test('the form that worked last time comes first; an unknown form changes nothing', () => {
    expect(formsToTry(STREAM_FORMS, 'md5')).toEqual(['md5', 'base64', 'plain']);
    expect(formsToTry(CONTROL_FORMS, 'nonsense')).toEqual(CONTROL_FORMS);
  });
});

describe('autokey', () => {
  test('round trip', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void expect(decodeAutokey(encodeAutokey(bytes))).toEqual(bytes)));
  });

  test('known answer', () => {
    expect(Buffer.from(serializeDiscovery()).toString('hex')).toBe(
      'd0f281f88bff9af7d5ef94b6d1b4c09fec95e68fe187e8caf08bf68bf6',
    );
  });
});

describe('parseKasaPart', () => {
  const data = Uint8Array.of(0, 0, 0, 1, 0x67);

  test('stamps are doubles, so no millisecond is lost after three days of uptime', () => {
    const part = parseKasaPart({
      headers: headers({ 'content-type': 'video/x-h264', 'x-timestamp': '295528.317123' }),
      body: data,
    });
    expect(part).toMatchObject({ kind: 'video', timestampUs: 295_528_317_123 });
  });

  test.each([
    ['absent', undefined],
    ['zero', '0.000000'],
    ['junk', '1e9'],
    ['negative', '-4'],
  ])('a stamp that is %s is no stamp', (_name, stamp) => {
    const all = { 'content-type': 'audio/g711u', ...(stamp === undefined ? {} : { 'x-timestamp': stamp }) };
    expect(parseKasaPart({ headers: headers(all), body: data })).not.toHaveProperty('timestampUs');
  });

  test('an unknown type is reported by name and is no error', () => {
    expect(parseKasaPart({ headers: headers({ 'content-type': 'text/plain' }), body: data })).toEqual({
      kind: 'other',
      contentType: 'text/plain',
    });
  });
});

describe('KasaTimeline', () => {
  test('both tracks share one clock, from zero', () => {
    const timeline = new KasaTimeline();
    expect(timeline.place('video', 5_000_000, 100)).toBe(0);
    expect(timeline.place('audio', 5_020_000, 30_100)).toBe(20_000);
    expect(timeline.place('video', 5_066_666, 70_100)).toBe(66_666);
  });

  test('when the camera clock restarts, times continue at our clock and never step back', () => {
    const timeline = new KasaTimeline();
    timeline.place('video', 900_000_000, 0);
    timeline.place('video', 901_000_000, 1_000_000);
    expect(timeline.place('video', 10_000, 2_000_000)).toBe(2_000_000);
    expect(timeline.place('video', 76_000, 2_066_000)).toBe(2_066_000);
    expect(timeline.place('video', 75_000, 2_070_000)).toBe(2_066_001);
  });

  test('without stamps the time of arrival counts', () => {
    const timeline = new KasaTimeline();
    expect([0, 66_000, 133_000].map((at) => timeline.place('video', undefined, 500 + at))).toEqual([
      0, 66_000, 133_000,
    ]);
  });
});

describe('LINKIE', () => {
  const command: LinkieCommand = { module: 'led', method: 'get_status', params: {} };
  const reply = (value: unknown): Uint8Array =>
    Buffer.from(Buffer.from(encodeAutokey(Buffer.from(JSON.stringify(value)))).toString('base64'));
  const answer = (body: unknown): unknown => ({ 'smartlife.cam.ipcamera.led': { get_status: body } });

  test('the command is a form field that decodes to what was asked', () => {
    const body = serializeLinkieCommand(command);
    const cipher = Buffer.from(decodeURIComponent(body.replace('content=', '')), 'base64');
    expect(JSON.parse(Buffer.from(decodeAutokey(cipher)).toString())).toEqual(answer({}));
  });

  test('a value is read from obfuscated and from plain replies', () => {
    const value = answer({ value: 'on', err_code: 0 });
    expect(parseLinkieReply(reply(value), command)).toMatchObject({ value: 'on' });
    expect(parseLinkieReply(Buffer.from(JSON.stringify(value)), command)).toMatchObject({ value: 'on' });
  });

  test.each([
    ['not authorised', answer({ err_code: -10007 }), 'wrong-password'],
    ['not supported', answer({ err_code: -10008 }), 'not-supported'],
    ['an empty answer is no success', {}, 'not-supported'],
    ['an unknown error', answer({ err_code: -40800 }), 'bad-data'],
  ])('%s', (_name, value, code) => {
    expect(() => parseLinkieReply(reply(value), command)).toThrow(expect.objectContaining({ code }));
  });

  test('random bytes only ever return or throw GatewayError', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        for (const parse of [() => parseLinkieReply(bytes, command), () => parseDiscoveryAnswer(bytes)]) {
          try {
            parse();
          } catch (error) {
            expect(error).toBeInstanceOf(GatewayError);
          }
        }
      }),
    );
  });
});

describe('discovery', () => {
  const camera = { type: 'IOT.IPCAMERA', alias: 'Nursery', model: 'EC60(US)', camera_switch: 'on' };
  const encode = (value: unknown): Uint8Array => encodeAutokey(Buffer.from(JSON.stringify(value)));

  test('a camera is distinguished from a plug', () => {
    expect(parseDiscoveryAnswer(encode({ system: { get_sysinfo: { system: camera } } }))).toEqual({
      alias: 'Nursery',
      model: 'EC60(US)',
      isCamera: true,
      isOn: true,
    });
    const plug = { type: 'IOT.SMARTPLUGSWITCH', alias: 'Lamp', model: 'HS100' };
    expect(parseDiscoveryAnswer(encode({ system: { get_sysinfo: plug } })).isCamera).toBe(false);
  });

  test('the discovery message is the one that devices answer', () => {
    expect(Buffer.from(decodeAutokey(serializeDiscovery())).toString()).toBe('{"system":{"get_sysinfo":{}}}');
  });
});
