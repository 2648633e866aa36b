import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { headerValue, type RtspHeaders, type RtspRequest, type RtspVersion } from './message.ts';
import { serializeRtpInfo } from './rtp-info.ts';
import { interpretRequest, pipelineOf, sessionIdOf, toResponse } from './server-request.ts';

function request(method: string, url: string, headers: RtspHeaders = [], version: RtspVersion = '1.0'): RtspRequest {
  return { kind: 'request', method, url, version, headers: [['CSeq', '7'], ...headers], body: new Uint8Array(0) };
}

describe('targets', () => {
  test.each([
    ['rtsp://host:8554/cam', 'rtsp://host:8554/cam', '/cam', undefined],
    ['rtsp://host:8554/cam/', 'rtsp://host:8554/cam', '/cam', undefined],
    ['rtsp://user:p%40ss@host/cam/sub/trackID=1', 'rtsp://host/cam/sub', '/cam/sub', 1],
    ['rtsp://host/x?channel=1&subtype=0/trackID=0', 'rtsp://host/x?channel=1&subtype=0', '/x?channel=1&subtype=0', 0],
    ['rtsp://host', 'rtsp://host', '', undefined],
    ['*', 'rtsp://*', '', undefined],
  ])('%s', (url, base, path, track) => {
    const target = { base, path, ...(track === undefined ? {} : { track }) };
    expect(interpretRequest(request('DESCRIBE', url))).toEqual({ kind: 'describe', target });
  });

  test('no address makes it throw', () => {
    fc.assert(fc.property(fc.string(), (url) => interpretRequest(request('DESCRIBE', url)).kind === 'describe'));
  });
});

describe('methods', () => {
  test.each([
    ['OPTIONS', 'options'],
    ['PLAY', 'play'],
    ['PAUSE', 'pause'],
    ['TEARDOWN', 'teardown'],
    ['GET_PARAMETER', 'keep-alive'],
    ['SET_PARAMETER', 'keep-alive'],
  ])('%s', (method, kind) => {
    expect(interpretRequest(request(method, 'rtsp://host/cam'))).toEqual({ kind });
  });

  test.each([
    ['RECORD', [], 405],
    ['FOO', [], 501],
    ['SETUP', [], 400],
    ['PLAY', [['Require', 'play.basic, com.example.magic']], 551],
  ] as const)('%s %j is refused with %i', (method, headers, status) => {
    const command = interpretRequest(request(method, 'rtsp://host/cam', headers));
    expect(command).toMatchObject({ kind: 'refused', reply: { status } });
  });

  test('a feature that we have may be required', () => {
    expect(interpretRequest(request('PLAY', 'rtsp://host/cam', [['Require', 'play.basic']]))).toEqual({ kind: 'play' });
  });
});

describe('replies', () => {
  test('carry the CSeq of the request and the Pipelined-Requests header of RTSP 2.0', () => {
    const asked = request('SETUP', 'rtsp://host/cam', [['Pipelined-Requests', '3']], '2.0');
    const reply = toResponse(asked, { status: 200 });
    expect([reply.version, reply.reason, headerValue(reply.headers, 'cseq')]).toEqual(['2.0', 'OK', '7']);
    expect([pipelineOf(asked), headerValue(reply.headers, 'pipelined-requests')]).toEqual(['3', '3']);
  });

  test('a reason with a line end in it stays on its line', () => {
    const reply = toResponse(request('PLAY', '*'), { status: 503, reason: 'gone\r\nInjected: yes' });
    expect(reply.reason).toBe('gone Injected: yes');
  });

  test('a session id stands in front of its parameters', () => {
    expect(sessionIdOf(request('PLAY', '*', [['Session', ' abc ;timeout=60']]))).toBe('abc');
  });

  test('RTP-Info in both versions', () => {
    const entries = [{ url: 'rtsp://h/c/trackID=0', sequence: 9, timestamp: 10, ssrc: 0x0d12f123 }];
    expect(serializeRtpInfo(entries, '1.0')).toBe('url=rtsp://h/c/trackID=0;seq=9;rtptime=10');
    expect(serializeRtpInfo(entries, '2.0')).toBe('url="rtsp://h/c/trackID=0" ssrc=0D12F123:seq=9;rtptime=10');
  });
});
