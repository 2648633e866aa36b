import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, defaultConfig, loadConfig, parseConfig } from './load.ts';

function complaintsOf(text: string, env: Record<string, string> = {}): string[] {
  try {
    parseConfig(text, 'oriel.yaml', env);
  } catch (error) {
    if (error instanceof ConfigError) return error.complaints.map(({ line, message }) => `${line}: ${message}`);
    throw error;
  }
  return [];
}

describe('defaults', () => {
  test('an empty file is a valid config', () => {
    expect(parseConfig('', 'oriel.yaml', {})).toEqual(defaultConfig());
  });

  test('are those that the product promises', () => {
    const config = defaultConfig();
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 8080 });
    expect(config.webrtc).toMatchObject({ port: 8189, tcp: true });
    expect(config.rtsp.port).toBe(8554);
    expect(config.limits).toMatchObject({
      maxViewers: 16,
      maxMemoryMb: 512,
      maxCpuPercent: 80,
      maxCameraConnections: 8,
    });
    expect(config.sources).toMatchObject({ lingerSeconds: 15, connectTimeoutSeconds: 8 });
  });
});

describe('complaints name the line and what is expected', () => {
  test.each([
    ['an unknown key', 'http:\n  prot: 80\n', ['2: http: unknown key prot; did you mean port?']],
    ['an unknown section', 'htpp: {}\n', ['1: unknown key htpp; did you mean http?']],
    ['a bad address', 'cameras:\n  - id: a\n    url: http://x\n', [/^3: cameras\[0\]\.url: expected a camera address/]],
    [
      'an address that nothing plays',
      'cameras:\n  - id: a\n    url: pigeon://warehouse/1\n',
      [/^3: cameras\[0\]\.url: expected a camera address that starts with rtsp:\/\/, rtsps:\/\/, ws:\/\//],
    ],
    [
      'a device without a token and without a network',
      'tunnel:\n  raw:\n    - { name: old, port: 9555, token: none }\n',
      [/^3: tunnel\.raw\[0\]\.token: none needs `from`/],
    ],
    [
      'a network that is none',
      'tunnel:\n  raw:\n    - { name: old, port: 9555, token: none, from: [203.0.113.0/33] }\n',
      [/^3: tunnel\.raw\[0\]\.from\[0\]: expected a network such as 203\.0\.113\.0\/24/],
    ],
    [
      'a token that is too short',
      'tunnel:\n  raw:\n    - { name: old, port: 9555, token: short }\n',
      [/^3: tunnel\.raw\[0\]\.token: expected at least 16 characters/],
    ],
    [
      'a device without a name',
      'tunnel:\n  raw:\n    - { port: 9555, token: 0123456789abcdef }\n',
      [/^3: tunnel\.raw\[0\]: expected a name/],
    ],
    [
      'two devices of one name',
      'tunnel:\n  raw:\n    - { name: a, port: 1, token: 0123456789abcdef }\n    - { name: a, port: 2, token: 0123456789abcdef }\n',
      ['4: tunnel.raw[1].name: the name a is taken; every device needs its own'],
    ],
    [
      'a device without a token at the port of another',
      'tunnel:\n  raw:\n    - { name: a, port: 1, token: 0123456789abcdef }\n    - { name: b, port: 1, token: none, from: [::1] }\n',
      [/^4: tunnel\.raw\[1\]\.port: 1 is used by a too; a device without a token needs a port of its own/],
    ],
    [
      'two devices at one port, one of them over TLS',
      'tunnel:\n  raw:\n    - { name: a, port: 1, token: 0123456789abcdef }\n    - { name: b, port: 1, token: 0123456789abcdef, tls: { cert: a, key: b } }\n',
      [/^4: tunnel\.raw\[1\]\.tls: expected the same as for a/],
    ],
    [
      'a camera behind a device that nobody expects',
      'cameras:\n  - id: a\n    url: tunnel://warehouse/1\n',
      ['3: cameras[0].url: there is no device warehouse in tunnel.raw; describe it there'],
    ],
    [
      'an address of no known form',
      'cameras:\n  - id: a\n    url: kasa://h/path\n',
      ['3: cameras[0].url: expected an address such as kasa://192.168.1.20 or kasa://HOST:19443'],
    ],
    [
      'a line end in an account',
      'cameras:\n  - id: a\n    url: rtsp://u%0d%0aX:p@h/\n',
      [/^3: cameras\[0\]\.url: expected an address without line ends/],
    ],
    [
      'a line end in a name',
      'rtsp: { users: [ { name: "a\\r\\nb", password: x } ] }\n',
      [/^1: rtsp\.users\[0\]\.name: expected one line/],
    ],
    ['a missing address', 'cameras:\n  - id: a\n', [/^2: cameras\[0\]\.url: expected string/]],
    ['a bad id', 'cameras:\n  - url: rtsp://h/\n    id: Front Door\n', [/^3: cameras\[0\]\.id: expected 1 to 63/]],
    [
      'a duplicate id',
      'cameras:\n  - { id: a, url: "rtsp://h/1" }\n  - { id: a, url: "rtsp://h/2" }\n',
      [/^3: cameras\[1\]\.id: the id a is taken by camera number 1/],
    ],
    [
      'a missing secret',
      'cameras:\n  - id: a\n    url: rtsp://h/\n    password: ${FRONT}\n',
      ['4: the environment has no FRONT; set it, or write the value here'],
    ],
    [
      'a missing secret file',
      'auth:\n  tokens:\n    - name: x\n      token: file:nowhere\n',
      [/^4: the file nowhere cannot be read/],
    ],
    [
      'a short token',
      'auth:\n  tokens:\n    - { name: x, token: short }\n',
      [/^3: auth\.tokens\[0\]\.token: expected at least 16/],
    ],
    ['an unreasonable limit', 'limits: { maxMemoryMb: 1 }\n', [/^1: limits\.maxMemoryMb: /]],
    ['broken YAML', 'http: {\n', [/^\d+: /]],
    ['the same key twice', 'log: {}\nlog: {}\n', [/^2: Map keys must be unique/]],
  ])('%s', (_name, text, expected) => {
    const found = complaintsOf(text);
    expect(found).toHaveLength(expected.length);
    expected.forEach((want, index) => {
      if (want instanceof RegExp) expect(found[index]).toMatch(want);
      else expect(found[index]).toBe(want);
    });
  });

  test('all complaints are reported at once, in the order of the file', () => {
    const found = complaintsOf('cameras:\n  - id: A\n    url: x\nnope: 1\n');
    expect(found.map((text) => text.split(':')[0])).toEqual(['2', '3', '4']);
  });
});

describe('secrets', () => {
  const text = 'cameras:\n  - { id: a, url: "rtsp://h/", password: "${P}" }\n';

  test('come from the environment', () => {
    expect(parseConfig(text, 'x.yaml', { P: 'pa#ss' }).cameras[0]?.password).toBe('pa#ss');
  });

  test('come from a file beside the config', () => {
    const folder = mkdtempSync(join(tmpdir(), 'oriel-config-'));
    writeFileSync(join(folder, 'pass'), 'from-file\n');
    writeFileSync(join(folder, 'oriel.yaml'), 'cameras:\n  - { id: a, url: "rtsp://h/", password: "file:pass" }\n');
    expect(loadConfig(join(folder, 'oriel.yaml'), {}).cameras[0]?.password).toBe('from-file');
  });

  test('a missing file of settings is one complaint', () => {
    expect(() => loadConfig('/nowhere/oriel.yaml', {})).toThrow(/there is no such file/);
  });
});

describe('a typed value is read as the type that its place expects', () => {
  const first = (text: string, env: Record<string, string> = {}) => parseConfig(text, 'x.yaml', env).cameras[0];

  test.each([
    ['id: 720', { id: '720' }],
    ['id: a, password: 12345678', { password: '12345678' }],
    ['id: a, password: 0042', { password: '0042' }],
    ['id: a, username: 888888', { username: '888888' }],
    ['id: a, password: 1e3', { password: '1e3' }],
    ['id: a, name: true', { name: 'true' }],
    ['id: a, stallSeconds: 20', { stallSeconds: 20 }],
  ])('%s', (fields, expected) => {
    expect(first(`cameras:\n  - { url: "rtsp://h/", ${fields} }\n`)).toMatchObject(expected);
  });

  test('numbers and switches may come from the environment', () => {
    const text =
      'http: { port: "${PORT}" }\nwebrtc: { tcp: "${TCP}" }\ncameras:\n  - { id: a, url: "rtsp://h/", password: "${P}" }\n';
    const config = parseConfig(text, 'x.yaml', { PORT: '9090', TCP: 'false', P: '12345678' });
    expect(config.http.port).toBe(9090);
    expect(config.webrtc.tcp).toBe(false);
    expect(config.cameras[0]?.password).toBe('12345678');
    expect(complaintsOf(text, { PORT: 'many', TCP: 'false', P: 'x' })).toEqual([
      expect.stringMatching(/^1: http\.port: expected number/),
    ]);
  });

  test('two dollar signs stand for one', () => {
    expect(first('cameras:\n  - { id: a, url: "rtsp://h/", password: "$${P}x${Q}" }\n', { Q: 'q' })?.password).toBe(
      '${P}xq',
    );
  });

  test('YAML merge keys and aliases', () => {
    const text = `cameras:
  - &yard { id: yard, url: "rtsp://h/1", username: 888888, password: "\${P}" }
  - { <<: *yard, id: yard-2, url: "rtsp://h/2" }
  - { <<: *yard, id: A }
`;
    expect(complaintsOf(text, { P: 'p' })).toEqual([expect.stringMatching(/^4: cameras\[2\]\.id: expected 1 to 63/)]);
    const two = text.split('\n').slice(0, 3).join('\n');
    expect(parseConfig(two, 'x.yaml', { P: 'p' }).cameras[1]).toMatchObject({
      id: 'yard-2',
      url: 'rtsp://h/2',
      username: '888888',
      password: 'p',
    });
  });
});

describe('credentials in an address are moved out of it', () => {
  test.each([
    ['rtsp://u:p@h/x', 'rtsp://h/x', 'u', 'p'],
    ['rtsp://u:p#a/b?c@d@h:554/x', 'rtsp://h:554/x', 'u', 'p#a/b?c@d'],
    ['rtsp://u:p%40q@h/', 'rtsp://h/', 'u', 'p@q'],
    ['rtsp://u:100%@h/', 'rtsp://h/', 'u', '100%'],
    ['rtsp://h/path/user@host', 'rtsp://h/path/user@host', undefined, undefined],
    ['kasa://me%40mail.org:secret@10.0.0.9', 'kasa://10.0.0.9', 'me@mail.org', 'secret'],
  ])('%s', (from, url, username, password) => {
    const camera = parseConfig(JSON.stringify({ cameras: [{ id: 'a', url: from }] }), 'x.yaml', {}).cameras[0];
    expect(camera).toMatchObject({ url, ...(username ? { username, password } : {}) });
    expect(camera?.username).toBe(username);
  });
});

test('an account inside another address is moved out too, and stays with that address', () => {
  const camera = { id: 'a', url: 'rtsp://u:p@h/1', substream: 'rtsp://h/2', fallback: 'rtsp://v:q@other/1' };
  expect(parseConfig(JSON.stringify({ cameras: [camera] }), 'x.yaml', {}).cameras[0]).toMatchObject({
    url: 'rtsp://h/1',
    username: 'u',
    password: 'p',
    substream: 'rtsp://h/2',
    fallback: 'rtsp://other/1',
    accounts: { fallback: { username: 'v', password: 'q' } },
  });
});

describe("the earlier relay's formats", () => {
  const json = `{ "listen_port": 9554, "max_clients": 4, "max_memory_mb": 256, "log_level": "debug", "streams": [
    { "name": "cam1_main", "camera_id": "cam1", "rtsp_url": "rtsp://10.0.0.1/1", "username": "admin", "password": "pw" },
    { "name": "cam1_sub", "camera_id": "cam1", "rtsp_url": "rtsp://10.0.0.1/2" },
    { "name": "cam2_main", "camera_id": "cam2", "rtsp_url": "rtsp://10.0.0.2/1" } ] }`;
  const plain = `# relay\nlisten_port=9554\nmax_clients=4\nmax_memory_mb=256\nlog_level=debug\n\n[stream]\ncamera_id=cam1\nname=cam1_main\nrtsp_url=rtsp://10.0.0.1/1\nusername=admin\npassword=pw\n
[stream]\ncamera_id=cam1\nname=cam1_sub\nrtsp_url=rtsp://10.0.0.1/2\n\n[stream]\ncamera_id=cam2\nname=cam2_main\nrtsp_url=rtsp://10.0.0.2/1\n`;

  test.each([
    ['JSON', json],
    ['plain text', plain],
  ])('%s', (_name, text) => {
    const config = parseConfig(text, 'relay.conf', {});
    expect(config.rtsp.port).toBe(9554);
    expect(config.limits).toMatchObject({ maxViewers: 4, maxMemoryMb: 256 });
    expect(config.log.level).toBe('debug');
    expect(config.cameras).toHaveLength(2);
    expect(config.cameras[0]).toMatchObject({
      id: 'cam1',
      url: 'rtsp://10.0.0.1/1',
      substream: 'rtsp://10.0.0.1/2',
      username: 'admin',
      password: 'pw',
    });
    expect(config.cameras[1]).toMatchObject({ id: 'cam2', url: 'rtsp://10.0.0.2/1' });
  });

  test('a second stream brings its own account along', () => {
    const text =
      'listen_port=9554\n[stream]\ncamera_id=a\nrtsp_url=rtsp://h/1\n[stream]\ncamera_id=a\nrtsp_url=rtsp://other/2\nusername=u\npassword=p@#\n';
    expect(parseConfig(text, 'relay.conf', {}).cameras[0]).toMatchObject({
      substream: 'rtsp://other/2',
      accounts: { substream: { username: 'u', password: 'p@#' } },
    });
  });

  test('complaints about JSON name its own lines', () => {
    const text = `{
  "listen_port": 70000,
  "max_clents": 3,
  "streams": [
    { "camera_id": "a", "rtsp_url": "rtsp://h/1" },
    { "camera_id": "a", "rtsp_url": "http://h/2" },
    { "camera_id": "b",
      "rtsp_url": "http://h/3",
      "pasword": "x" },
    { "camera_id": "a", "rtsp_url": "rtsp://h/4" }
  ]
}`;
    expect(complaintsOf(text).map((complaint) => Number(complaint.split(':')[0]))).toEqual([2, 3, 6, 8, 9, 10]);
  });

  test('complaints about plain text name its own lines', () => {
    expect(complaintsOf('listen_port=70000\n[stream]\ncamera_id=a\nrtsp_url=http://x\nwhat is this\n')).toEqual([
      '5: expected key=value or [stream], found what is this',
    ]);
    expect(
      complaintsOf('listen_port=70000\n[stream]\ncamera_id=a\nrtsp_url=http://x\n').map((text) => text.split(':')[0]),
    ).toEqual(['1', '4']);
    // Two streams of one camera come before the one that is wrong.
    const grouped =
      '[stream]\ncamera_id=a\nrtsp_url=rtsp://h/1\n[stream]\ncamera_id=a\nrtsp_url=rtsp://h/2\n[stream]\ncamera_id=b\nrtsp_url=http://x\nfoo=1\n';
    expect(complaintsOf(grouped).map((text) => text.split(':')[0])).toEqual(['9', '10']);
    expect(complaintsOf('[stream]\ncamera_id=a\nrtsp_url=rtsp://h/1\n'.repeat(3))).toEqual([
      expect.stringMatching(/^7: camera a has more than two streams/),
    ]);
  });
});

describe('devices that dial in', () => {
  const raw = (text: string) =>
    parseConfig(`tunnel: { raw: [${text}] }`, 'x.yaml', { TOKEN: '0123456789abcdef' }).tunnel.raw;

  test('several share a port, the earlier word for the name is taken, and a token may look like a number', () => {
    const entries = raw(
      '{ name: a, port: 9554, token: ${TOKEN}, host: 192.168.1.20:8554 }, { camera: b, port: 9554, token: 0123456789012345 }',
    );
    expect(entries).toMatchObject([
      { name: 'a', port: 9554, token: '0123456789abcdef', host: '192.168.1.20:8554' },
      { name: 'b', port: 9554, token: '0123456789012345' },
    ]);
  });

  test('one that knows no handshake has its network in place of a token', () => {
    expect(raw('{ name: old, port: 9555, token: none, from: [203.0.113.0/24, "2001:db8::/32"] }')).toMatchObject([
      { name: 'old', token: 'none', from: ['203.0.113.0/24', '2001:db8::/32'] },
    ]);
  });
});
