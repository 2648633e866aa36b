import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serve } from '../api.ts';
import { createAuth } from '../auth/auth.ts';
import { systemClock } from '../platform/clock.ts';
import { openDataFolder } from '../store/data-folder.ts';
import { runCommand } from './run-command.ts';

const PASSWORD = 'correct horse battery';
let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'oriel-user-'));
});
afterEach(() => rmSync(data, { recursive: true }));

async function user(args: string, typed = ''): Promise<{ code: number; out: string }> {
  const output = new PassThrough();
  const stdin = Readable.from([typed]);
  const io = { stdin, stdout: output, stderr: output, signal: new AbortController().signal };
  const code = await runCommand(['user', ...args.split(' '), '--data', data], io);
  return { code, out: String(output.read() ?? '') };
}

async function signsIn(name: string, password: string): Promise<boolean> {
  const { store, secrets } = openDataFolder(data, { as: 'visitor', make: true });
  const { signIns } = createAuth({ store, secrets, clock: systemClock, tokens: [] });
  const answer = signIns.byPassword(name, password, { address: '192.0.2.1' }, () => {});
  return answer
    .then(
      () => true,
      () => false,
    )
    .finally(() => store.close());
}

test('an account is added, changed and removed', async () => {
  expect(await user('add ann --role admin', `${PASSWORD}\n`)).toEqual({ code: 0, out: 'ann can sign in as admin.\n' });
  expect(await user('add bob --role admin', `${PASSWORD}\nmore lines`)).toMatchObject({ code: 0 });
  expect((await user('list')).out).toBe('admin     ann\nadmin     bob\n');
  expect((await user('list --json')).out.split('\n')[0]).toBe('{"name":"ann","role":"admin"}');
  expect(await signsIn('ann', PASSWORD)).toBe(true);
  await user('passwd ann', 'another long password');
  expect([await signsIn('ann', PASSWORD), await signsIn('ann', 'another long password')]).toEqual([false, true]);
  expect(await user('remove ann')).toMatchObject({ code: 0 });
  expect((await user('list')).out).toBe('admin     bob\n');
  expect(await user('remove nobody')).toMatchObject({
    code: 1,
    out: expect.stringContaining('There is no account nobody'),
  });
});

test.each(['list', 'remove ann', 'passwd ann', 'link ann'])(
  'oriel user %s in a folder without data makes none',
  async (args) => {
    data = join(data, 'typo');
    const { code, out } = await user(args, `${PASSWORD}\n`);
    expect([code, out]).toEqual([1, `There is no data of a gateway in ${data}. Name its folder with --data.\n`]);
    expect(existsSync(data)).toBe(false);
    data = dirname(data);
  },
);

test('a link leads to the gateway that runs, and to the usual address when none does', async () => {
  await user('add ann', `${PASSWORD}\n`);
  const [http, webrtc, rtsp] = [{ port: 0 }, { port: 0 }, { port: 0 }];
  const gateway = await serve({ config: { http, webrtc, rtsp, log: { level: 'silent' } }, data });
  expect((await user('link ann')).out.startsWith(`${gateway.url}/setup/`)).toBe(true);
  expect((await user('link ann --url https://gate.example')).out).toMatch(/^https:\/\/gate\.example\/setup\//);
  await gateway.stop();
  expect((await user('link ann')).out).toMatch(/^http:\/\/localhost:8080\/setup\//);
});

test('a link signs in once', async () => {
  await user('add ann', `${PASSWORD}\n`);
  const { out } = await user('link ann --url https://gate.example/');
  const link = /^https:\/\/gate\.example\/setup\/(\S+)\n$/.exec(out)?.[1] ?? '';
  const { store, secrets } = openDataFolder(data, { as: 'visitor', make: true });
  const { signIns } = createAuth({ store, secrets, clock: systemClock, tokens: [] });
  expect(signIns.byLink(link, { address: '192.0.2.1' }).principal.who).toBe('ann');
  expect(() => signIns.byLink(link, { address: '192.0.2.1' })).toThrow('used already');
  store.close();
});

test.each([
  ['add', 2, 'a name'],
  ['add a b', 2, 'one name'],
  ['add ann --role king', 2, '--role takes admin, operator, viewer'],
  ['dance ann', 2, 'does not know dance'],
  ['add ann', 1, 'at least 10 characters'],
])('oriel user %s ends with %i and says why', async (args, code, words) => {
  const answer = await user(args, 'short\n');
  expect(answer.code).toBe(code);
  expect(answer.out).toContain(words);
});
