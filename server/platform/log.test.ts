import { expect, test } from 'vitest';
import { createLog } from './log.ts';
import { redact } from './redact.ts';

const SECRET = 'hunter2-hunter2-hunter2';

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  let text = '';
  write(createLog('trace', { write: (line) => (text += line) }));
  return text;
}

test.each<[string, (log: ReturnType<typeof createLog>) => void]>([
  ['a field', (log) => log.info({ password: SECRET }, 'x')],
  ['a field inside', (log) => log.info({ camera: { settings: { password: SECRET } } }, 'x')],
  ['a token field', (log) => log.info({ request: { token: SECRET } }, 'x')],
  ['a header', (log) => log.info({ headers: { authorization: SECRET, cookie: SECRET } }, 'x')],
  ['an address', (log) => log.info({ url: `rtsp://admin:${SECRET}@192.0.2.1/` }, 'x')],
  [
    'an address whose password has every confusing character',
    (log) => log.info({ url: `rtsp://a:/#?"@:${SECRET}@192.0.2.1/` }, 'x'),
  ],
  ['a query', (log) => log.info({ url: `/api/cameras/door/live.mp4?quality=sub&token=${SECRET}` }, 'x')],
  ['an error', (log) => log.error({ err: new Error(`GET http://u:${SECRET}@host/ failed`) }, 'x')],
  ['the cause of an error', (log) => log.error({ err: new Error('x', { cause: new Error(`?token=${SECRET}`) }) }, 'x')],
  ['a message', (log) => log.info(`Authorization: Bearer ${SECRET}`)],
  ['a child', (log) => log.child({ url: `rtsp://a:${SECRET}@host/` }).info('x')],
])('no secret in %s reaches the log', (_name, write) => {
  const text = logged(write);
  expect(text).toContain('***');
  expect(text).not.toContain(SECRET);
  expect(() => JSON.parse(text)).not.toThrow();
});

test.each([
  ['rtsp://192.0.2.1:554/stream1', 'rtsp://192.0.2.1:554/stream1'],
  ['rtsp://u:p@192.0.2.1/ and rtsp://v:q@host/', 'rtsp://***@192.0.2.1/ and rtsp://***@host/'],
  ['/s/oriel_share_0123456789abcdefghij', '/s/oriel_share_***'],
  ['Basic YWxhZGRpbjpvcGVuc2VzYW1l', 'Basic ***'],
  ['write to ann@example.org', 'write to ann@example.org'],
])('%s becomes %s', (text, expected) => {
  expect(redact(text)).toBe(expected);
});
