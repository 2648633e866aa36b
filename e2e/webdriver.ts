import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import WebSocket from 'ws';
import { freePort } from './gateway.ts';

/** A real browser that Playwright does not drive: Firefox as Debian ships it, and WebKitGTK. */
export type Engine = {
  goto(url: string): Promise<void>;
  /** Runs the function in the page; argument and result pass as JSON. */
  evaluate<Result, Argument = undefined>(
    run: (argument: Argument) => Result | Promise<Result>,
    argument?: Argument,
  ): Promise<Result>;
  /** A click that counts as a person's touch, at this place of the page. */
  click(x: number, y: number): Promise<void>;
  /** The size of the page, or of the window where the browser knows no other. */
  resize(width: number, height: number): Promise<void>;
  /** Errors that the console has shown, refusals of the content policy among them. */
  complaints(): Promise<readonly string[]>;
  screenshot(file: string): Promise<void>;
  close(): Promise<void>;
};

/** For the browser's process. */
type Environment = Readonly<Record<string, string>>;

/** A page that can be hidden. */
export type TabbedPage = Pick<Engine, 'goto' | 'evaluate' | 'close'> & {
  /** Opens another tab in front of the page. */
  cover(): Promise<void>;
  uncover(): Promise<void>;
};

const START_MS = 30_000;
const COMMAND_MS = 60_000;

/** Firefox over WebDriver BiDi, which it speaks itself. */
export async function startFirefox(
  preferences: Record<string, string | number | boolean> = {},
  environment: Environment = {},
): Promise<Engine & TabbedPage> {
  const program = requireProgram('/usr/bin/firefox-esr', 'firefox-esr');
  const profile = mkdtempSync(path.join(tmpdir(), 'oriel-firefox-'));
  const settings = Object.entries({
    'media.autoplay.default': 0,
    'datareporting.policy.dataSubmissionEnabled': false,
    ...preferences,
  });
  const lines = settings.map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`);
  writeFileSync(path.join(profile, 'user.js'), lines.join('\n'));
  const port = await freePort();
  const args = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', String(port)];
  const child = spawn(program, args, {
    stdio: 'ignore',
    env: { ...process.env, ...environment, HOME: profile },
  });
  const socket = await connect(`ws://127.0.0.1:${port}/session`);
  const complaints: string[] = [];
  const send = createBidi(socket, ({ level, text }) => level === 'error' && complaints.push(text));
  await send('session.new', { capabilities: {} });
  await send('session.subscribe', { events: ['log.entryAdded'] });
  await send('script.addPreloadScript', { functionDeclaration: String(reportViolations) });
  const { contexts } = (await send('browsingContext.getTree', {})) as { contexts: { context: string }[] };
  const context = contexts[0]?.context;
  let cover: { context: string } | undefined;
  return {
    goto: async (url) => void (await send('browsingContext.navigate', { context, url, wait: 'interactive' })),
    evaluate: async (run, argument) => {
      const expression = `(async () => JSON.stringify(await (${run})(${JSON.stringify(argument)})))()`;
      const asked = { expression, target: { context }, awaitPromise: true };
      const answer = (await send('script.evaluate', asked)) as BidiResult;
      if (answer.type === 'exception') throw new Error(answer.exceptionDetails.text);
      return JSON.parse(answer.result.value ?? 'null');
    },
    click: async (x, y) => {
      await send('input.performActions', { context, actions: [pointerClick(x, y)] });
    },
    resize: async (width, height) => {
      await send('browsingContext.setViewport', { context, viewport: { width, height } });
    },
    cover: async () => {
      cover = (await send('browsingContext.create', { type: 'tab', background: false })) as { context: string };
    },
    uncover: async () => {
      if (cover) await send('browsingContext.close', cover);
      cover = undefined;
      await send('browsingContext.activate', { context });
    },
    complaints: async () => complaints,
    screenshot: async (file) => {
      const { data } = (await send('browsingContext.captureScreenshot', { context })) as { data: string };
      writeFileSync(file, data, 'base64');
    },
    close: async () => {
      socket.close();
      await end(child);
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** As both protocols spell it. */
function pointerClick(x: number, y: number): object {
  const actions = [
    { type: 'pointerMove', x: Math.round(x), y: Math.round(y) },
    { type: 'pointerDown', button: 0 },
    { type: 'pointerUp', button: 0 },
  ];
  return { type: 'pointer', id: 'hand', actions };
}

type BidiResult =
  | { readonly type: 'success'; readonly result: { readonly value?: string } }
  | { readonly type: 'exception'; readonly exceptionDetails: { readonly text: string } };

/** The console events leave out what the content policy refuses. */
function reportViolations(): void {
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
    console.error(`refused by ${violatedDirective}: ${blockedURI}`);
  });
}

type LogEntry = { readonly level: string; readonly text: string };

function createBidi(
  socket: WebSocket,
  logged: (entry: LogEntry) => void,
): (method: string, params: object) => Promise<unknown> {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let lastId = 0;
  socket.on('message', (data) => {
    const { id, type, result, message, method, params } = JSON.parse(String(data));
    if (method === 'log.entryAdded') logged(params as LogEntry);
    if (type === 'error') waiting.get(id)?.reject(new Error(message));
    else waiting.get(id)?.resolve(result);
    waiting.delete(id);
  });
  return (method, params) =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, { resolve, reject });
      socket.send(JSON.stringify({ id, method, params }));
      setTimeout(() => reject(new Error(`Firefox did not answer ${method}.`)), COMMAND_MS).unref();
    });
}

async function connect(url: string): Promise<WebSocket> {
  for (const endsAt = Date.now() + START_MS; ; ) {
    const socket = new WebSocket(url);
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('open', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    if (isOpen) return socket;
    if (Date.now() > endsAt) throw new Error('Firefox did not open its debugging port.');
    await sleep(200);
  }
}

/** WebKitGTK's own small browser over WebDriver, on a screen that nobody sees. */
export async function startWebkit(environment: Environment = {}): Promise<Engine> {
  const driver = requireProgram('/usr/bin/WebKitWebDriver', 'webkit2gtk-driver');
  const screen = await startScreen();
  const port = await freePort();
  const child = spawn(driver, [`--port=${port}`], {
    stdio: 'ignore',
    env: { ...process.env, ...environment, DISPLAY: screen.display, LIBGL_ALWAYS_SOFTWARE: '1' },
  });
  const base = `http://127.0.0.1:${port}`;
  const options = { binary: miniBrowser(), args: ['--automation'] };
  const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': options, timeouts: { script: COMMAND_MS } } };
  const session = (await retry(() => command(`${base}/session`, 'POST', { capabilities }))) as { sessionId: string };
  const url = `${base}/session/${session.sessionId}`;
  const evaluate: Engine['evaluate'] = async (run, argument) => {
    const script = `const done = arguments[arguments.length - 1];
      Promise.resolve().then(() => (${run})(${JSON.stringify(argument)})).then(
        (value) => done(JSON.stringify({ value })), (error) => done(JSON.stringify({ error: String(error) })));`;
    const answer = JSON.parse(String(await command(`${url}/execute/async`, 'POST', { script, args: [] })));
    if (answer.error) throw new Error(answer.error);
    return answer.value;
  };
  const earlier: string[] = [];
  const complaintsHere = () => evaluate(() => (Reflect.get(window, 'complaints') as string[] | undefined) ?? []);
  return {
    goto: async (address) => {
      earlier.push(...(await complaintsHere()));
      await command(`${url}/url`, 'POST', { url: address });
      await evaluate(keepComplaints);
    },
    evaluate,
    click: async (x, y) => void (await command(`${url}/actions`, 'POST', { actions: [pointerClick(x, y)] })),
    resize: async (width, height) => void (await command(`${url}/window/rect`, 'POST', { x: 0, y: 0, width, height })),
    complaints: async () => [...earlier, ...(await complaintsHere())],
    screenshot: async (file) => writeFileSync(file, String(await command(`${url}/screenshot`, 'GET')), 'base64'),
    close: async () => {
      await command(url, 'DELETE').catch(() => undefined);
      await end(child);
      await end(screen.child);
    },
  };
}

/** The driver tells nothing of the console: the page itself keeps what comes after it was loaded, and what the policy refused before. */
function keepComplaints(): void {
  const complaints: string[] = [];
  Object.assign(window, { complaints });
  const keep = (...values: unknown[]): void => void complaints.push(values.join(' '));
  console.error = keep;
  addEventListener('error', ({ message }) => keep(message));
  addEventListener('unhandledrejection', ({ reason }) => keep(reason));
  const keepAll = (reports: Report[]): void => {
    for (const { body } of reports) keep(JSON.stringify(body));
  };
  new ReportingObserver(keepAll, { types: ['csp-violation'], buffered: true }).observe();
}

async function command(url: string, method: string, body?: object): Promise<unknown> {
  const response = await fetch(url, {
    method,
    signal: AbortSignal.timeout(COMMAND_MS),
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const { value } = (await response.json()) as { value: { error?: string; message?: string } };
  if (!response.ok) throw new Error(`WebKit: ${value.error}: ${value.message}`);
  return value;
}

/** Xvfb picks a free display itself and tells its number. */
export async function startScreen(): Promise<{ child: ChildProcess; display: string }> {
  const program = requireProgram('/usr/bin/Xvfb', 'xvfb');
  const child = spawn(program, ['-displayfd', '1', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const number = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data: Buffer) => resolve(String(data).trim()));
    child.once('exit', () => reject(new Error('Xvfb did not start.')));
  });
  return { child, display: `:${number}` };
}

function miniBrowser(): string {
  const library = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
  const folder = readdirSync(library).find((name) => existsSync(path.join(library, name, 'MiniBrowser')));
  if (!folder?.startsWith('webkit')) throw new Error('MiniBrowser is missing: install webkit2gtk-driver.');
  return path.join(library, folder, 'MiniBrowser');
}

export function requireProgram(file: string, debianPackage: string): string {
  if (!existsSync(file)) throw new Error(`${file} is missing: apt-get install ${debianPackage}.`);
  return file;
}

export async function retry<Value>(attempt: () => Promise<Value>): Promise<Value> {
  for (const endsAt = Date.now() + START_MS; ; ) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > endsAt) throw error;
      await sleep(200);
    }
  }
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await exited;
  clearTimeout(timer);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
