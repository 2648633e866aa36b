import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import WebSocket from 'ws';
import { CHROMIUM_ARGS } from './chromium-args.ts';
import { freePort } from './gateway.ts';
import { end, requireProgram, retry, startScreen, type TabbedPage } from './webdriver.ts';

const COMMAND_MS = 30_000;

type Target = { readonly id: string; readonly type: string; readonly webSocketDebuggerUrl: string };
type Evaluated = {
  readonly result: { readonly value?: string };
  readonly exceptionDetails?: { readonly text: string };
};

/**
 * Chromium with a window, on a screen that nobody sees, over its own protocol: Playwright tells every page that it is in
 * front, whatever lies over it.
 */
export async function startHeadedChromium(): Promise<TabbedPage> {
  const screen = await startScreen();
  const profile = mkdtempSync(path.join(tmpdir(), 'oriel-chromium-'));
  const port = await freePort();
  const args = [...CHROMIUM_ARGS, `--user-data-dir=${profile}`, `--remote-debugging-port=${port}`, 'about:blank'];
  const child = spawn(requireProgram('/usr/bin/chromium', 'chromium'), args, {
    stdio: 'ignore',
    env: { ...process.env, DISPLAY: screen.display },
  });
  const base = `http://127.0.0.1:${port}/json`;
  const page = await retry(async () => {
    const targets = (await (await fetch(`${base}/list`)).json()) as Target[];
    const found = targets.find(({ type }) => type === 'page');
    if (!found) throw new Error('Chromium has no page yet.');
    return found;
  });
  const socket = new WebSocket(page.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const send = createCdp(socket);
  let cover: string | undefined;
  return {
    goto: async (url) => void (await send('Page.navigate', { url })),
    evaluate: async (run, argument) => {
      const expression = `(async () => JSON.stringify(await (${run})(${JSON.stringify(argument)})))()`;
      const answer = (await send('Runtime.evaluate', { expression, awaitPromise: true })) as Evaluated;
      if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.text);
      return JSON.parse(answer.result.value ?? 'null');
    },
    cover: async () => {
      const answer = await fetch(`${base}/new?about:blank`, { method: 'PUT' });
      cover = ((await answer.json()) as Target).id;
    },
    uncover: async () => {
      if (cover !== undefined) await fetch(`${base}/close/${cover}`);
      cover = undefined;
    },
    close: async () => {
      socket.close();
      await end(child);
      await end(screen.child);
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function createCdp(socket: WebSocket): (method: string, params: object) => Promise<unknown> {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let lastId = 0;
  socket.on('message', (data) => {
    const { id, result, error } = JSON.parse(String(data));
    if (error) waiting.get(id)?.reject(new Error(error.message));
    else waiting.get(id)?.resolve(result);
    waiting.delete(id);
  });
  return (method, params) =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, { resolve, reject });
      socket.send(JSON.stringify({ id, method, params }));
      setTimeout(() => reject(new Error(`Chromium did not answer ${method}.`)), COMMAND_MS).unref();
    });
}
