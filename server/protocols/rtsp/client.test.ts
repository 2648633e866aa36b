import { describe, expect, test } from 'vitest';
import { type RtspAction, RtspClient, type RtspClientOptions } from './client.ts';
import { headerValue, parseRtspMessage, type RtspMessage, type RtspRequest } from './message.ts';
import { parseRtspUrl } from './url.ts';

const SDP = 'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:v\r\nm=audio 0 RTP/AVP 0\r\na=control:a\r\n';
const CREDENTIALS = { username: 'admin', password: 'secret' };
const DIGEST = 'WWW-Authenticate: Digest realm="cam", nonce="NONCE"';
const BASIC = 'WWW-Authenticate: Basic realm="cam"';

/** A conversation with a client: `reply` answers its newest request. */
class Conversation {
  readonly client: RtspClient;
  actions: RtspAction[];

  constructor(options: Partial<RtspClientOptions> = {}) {
    const url = parseRtspUrl('rtsp://cam/live');
    this.client = new RtspClient({ url, transport: 'tcp', userAgent: 'test', clientNonce: 'c', ...options });
    this.actions = this.client.start();
  }

  get request(): RtspRequest {
    const sent = this.actions.findLast((action) => action.kind === 'send');
    const message = sent && parse(sent.bytes);
    if (message?.kind !== 'request') throw new Error('The client sent no request.');
    return message;
  }

  get kinds(): string[] {
    return this.actions.map((action) => action.kind);
  }

  header(name: string): string | undefined {
    return headerValue(this.request.headers, name);
  }

  reply(status: number, headers: readonly string[] = [], body = ''): this {
    const cseq = `CSeq: ${this.header('CSeq')}`;
    const lines = [`RTSP/1.0 ${status} Whatever`, cseq, ...headers, `Content-Length: ${body.length}`, '', body];
    this.actions = this.client.receive(parse(Buffer.from(lines.join('\r\n'))));
    return this;
  }

  describe(...headers: string[]): this {
    return this.reply(200, ['Public: OPTIONS, DESCRIBE, GET_PARAMETER']).reply(200, headers, SDP);
  }

  /** Leads the conversation to the moment when the camera plays. */
  play(session = 'S;timeout=60'): this {
    return this.describe()
      .reply(200, [`Session: ${session}`, 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1'])
      .reply(200, [`Session: ${session}`, 'Transport: RTP/AVP/TCP;unicast;interleaved=2-3'])
      .reply(200);
  }

  error(): unknown {
    const failed = this.actions.find((action) => action.kind === 'failed');
    return failed?.error.code;
  }
}

function parse(bytes: Uint8Array): RtspMessage {
  const message = parseRtspMessage(bytes)?.message;
  if (!message) throw new Error('This is no whole message.');
  return message;
}

describe('RtspClient', () => {
  test('asks, sets up both tracks, plays, keeps alive, ends', () => {
    const talk = new Conversation();
    expect(talk.request).toMatchObject({ method: 'OPTIONS', url: 'rtsp://cam/live', version: '1.0' });
    talk.reply(200, ['Public: OPTIONS, DESCRIBE, GET_PARAMETER']);
    expect(talk.request.method).toBe('DESCRIBE');
    expect(talk.header('Accept')).toBe('application/sdp');
    talk.reply(200, [], SDP);
    expect(talk.request).toMatchObject({ method: 'SETUP', url: 'rtsp://cam/live/v' });
    expect(talk.header('Transport')).toBe('RTP/AVP/TCP;unicast;interleaved=0-1');
    talk.reply(200, ['Session: S', 'Transport: RTP/AVP/TCP;interleaved=4-5']);
    expect(talk.actions[0]).toMatchObject({ kind: 'route', track: { control: 'v' }, transport: { channels: [4, 5] } });
    expect(talk.header('Session')).toBe('S');
    talk.reply(200, ['Session: other', 'Transport: RTP/AVP/TCP']);
    expect(talk.actions[0]).toMatchObject({ kind: 'route', transport: { channels: [2, 3] } });
    expect(talk.kinds).toEqual(['route', 'ready', 'send']);
    expect(talk.request).toMatchObject({ method: 'PLAY', url: 'rtsp://cam/live' });
    expect(talk.header('Session')).toBe('S');
    talk.reply(200);
    expect(talk.actions).toEqual([{ kind: 'playing', keepAliveMs: 25_000 }]);
    talk.actions = talk.client.keepAlive();
    expect(talk.request.method).toBe('GET_PARAMETER');
    talk.actions = talk.client.teardown();
    expect(talk.request.method).toBe('TEARDOWN');
    talk.reply(200);
    expect(talk.kinds).toEqual(['closed']);
  });

  test.each([
    ['S;timeout=20', 10_000],
    ['S ; timeout = 30 ', 15_000],
    ['S;timeout=0', 25_000],
    ['S;timeout=1', 5000],
    ['S', 25_000],
  ])('the rhythm of keep-alives for "%s"', (session, keepAliveMs) => {
    expect(new Conversation().play(session).actions).toEqual([{ kind: 'playing', keepAliveMs }]);
  });

  test('ends at once without a session', () => {
    const talk = new Conversation();
    expect(talk.client.teardown()).toEqual([{ kind: 'closed' }]);
  });

  test('sound that is refused is left out', () => {
    const talk = new Conversation().describe().reply(200, ['Session: S', 'Transport: RTP/AVP/TCP']).reply(406);
    expect(talk.kinds).toEqual(['ready', 'send']);
    expect(talk.request.method).toBe('PLAY');
  });

  test('when the announced base does not work, the URL of the request is the base', () => {
    const talk = new Conversation().describe('Content-Base: rtsp://cam/wrong/');
    expect(talk.request.url).toBe('rtsp://cam/wrong/v');
    expect(talk.reply(404).request.url).toBe('rtsp://cam/live/v');
    expect(talk.reply(404).error()).toBe('no-such-path');
  });

  test('PLAY is repeated without Range when the camera refuses it', () => {
    const talk = new Conversation()
      .describe()
      .reply(200, ['Transport: RTP/AVP/TCP'])
      .reply(200, ['Transport: RTP/AVP/TCP']);
    expect(talk.header('Range')).toBe('npt=0.000-');
    expect(talk.reply(457).header('Range')).toBeUndefined();
    expect(talk.reply(457).error()).toBe('camera-closed');
  });

  test('RTSP 2.0 is used when the camera insists on it', () => {
    const talk = new Conversation().reply(505);
    expect(talk.request).toMatchObject({ method: 'OPTIONS', version: '2.0' });
    talk.describe();
    expect(talk.header('Accept-Ranges')).toBe('npt');
    expect(talk.request.version).toBe('2.0');
  });

  test('with UDP it asks for ports first', () => {
    const talk = new Conversation({ transport: 'udp' }).describe();
    expect(talk.kinds).toEqual(['bind']);
    talk.actions = talk.client.bound([5000, 5001]);
    expect(talk.header('Transport')).toBe('RTP/AVP;unicast;client_port=5000-5001');
    expect(talk.reply(461).actions).toEqual([{ kind: 'use-transport', transport: 'tcp' }]);
  });

  test('an answer with the other transport makes it begin anew with that transport', () => {
    const talk = new Conversation().describe().reply(200, ['Transport: RTP/AVP;unicast;server_port=1-2']);
    expect(talk.actions).toEqual([{ kind: 'use-transport', transport: 'udp' }]);
  });

  test('requests of the camera are answered', () => {
    const talk = new Conversation().play();
    const ask = (method: string): string => {
      const [first] = talk.client.receive(parse(Buffer.from(`${method} * RTSP/1.0\r\nCSeq: 9\r\n\r\n`)));
      return first?.kind === 'send' ? Buffer.from(first.bytes).toString() : '';
    };
    expect(ask('OPTIONS')).toBe('RTSP/1.0 200 OK\r\nCSeq: 9\r\n\r\n');
    expect(ask('SET_PARAMETER')).toMatch(/^RTSP\/1.0 200/);
    expect(ask('RECORD')).toMatch(/^RTSP\/1.0 501/);
  });

  test('a REDIRECT from the camera and a 302 as an answer are followed', () => {
    const redirect = 'REDIRECT * RTSP/1.0\r\nCSeq: 9\r\nLocation: rtsp://other/\r\n\r\n';
    expect(new Conversation().play().client.receive(parse(Buffer.from(redirect)))).toContainEqual({
      kind: 'redirect',
      location: 'rtsp://other/',
    });
    const talk = new Conversation().reply(200).reply(302, ['Location: rtsp://other/']);
    expect(talk.actions).toEqual([{ kind: 'redirect', location: 'rtsp://other/' }]);
  });

  test('replies to nothing are ignored', () => {
    const talk = new Conversation();
    expect(talk.client.receive(parse(Buffer.from('RTSP/1.0 200 OK\r\nCSeq: 77\r\n\r\n')))).toEqual([]);
    expect(talk.reply(200).request.method).toBe('DESCRIBE');
  });

  test('keep-alives that nobody answers do not pile up', () => {
    const talk = new Conversation().play();
    for (let count = 0; count < 100; count++) talk.actions = talk.client.keepAlive();
    expect(talk.reply(454).error()).toBe('camera-closed');
  });

  describe('signing in', () => {
    const answerOf = (talk: Conversation): string => talk.header('Authorization') ?? 'none';

    test('each method gets its own answer, made with the URL of the request line', () => {
      const talk = new Conversation({ credentials: CREDENTIALS }).reply(401, [DIGEST]);
      expect(talk.request.method).toBe('OPTIONS');
      const first = answerOf(talk);
      expect(first).toContain('uri="rtsp://cam/live"');
      expect(answerOf(talk.reply(200))).not.toBe(first);
    });

    test('a wrong answer is not repeated, not even with a new nonce', () => {
      const talk = new Conversation({ credentials: CREDENTIALS }).reply(401, [DIGEST]);
      expect(talk.reply(401, [DIGEST.replace('NONCE', 'NEW')]).error()).toBe('wrong-password');
    });

    test('the next scheme is tried, and each scheme only once', () => {
      const talk = new Conversation({ credentials: CREDENTIALS }).reply(401, [BASIC, DIGEST]);
      expect(answerOf(talk)).toMatch(/^Digest/);
      expect(answerOf(talk.reply(401, [BASIC, DIGEST]))).toMatch(/^Basic/);
      expect(talk.reply(401, [BASIC, DIGEST]).error()).toBe('wrong-password');
    });

    test('a nonce that had worked is renewed', () => {
      const talk = new Conversation({ credentials: CREDENTIALS }).reply(401, [DIGEST]).reply(200);
      talk.reply(401, [DIGEST.replace('NONCE', 'NEW')]);
      expect(talk.request.method).toBe('DESCRIBE');
      expect(answerOf(talk)).toContain('nonce="NEW"');
      expect(talk.reply(401, [DIGEST.replace('NONCE', 'NEWER')]).error()).toBe('wrong-password');
    });

    test('a stale nonce is renewed at any time, but not for ever', () => {
      const talk = new Conversation({ credentials: CREDENTIALS }).reply(401, [DIGEST]);
      for (let round = 0; round < 4; round++) talk.reply(401, [`${DIGEST.replace('NONCE', `N${round}`)}, stale=true`]);
      expect(talk.kinds).toEqual(['failed']);
    });

    test('without credentials it reports that a password is needed', () => {
      const talk = new Conversation().reply(401, [DIGEST]);
      expect(talk.request.method).toBe('DESCRIBE');
      expect(talk.reply(401, [DIGEST]).error()).toBe('needs-password');
    });
  });
});
