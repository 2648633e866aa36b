import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';

const EDGE = path.resolve('edge');
const TOKEN = 'a token that only this device knows';
const DEVICES = [
  { name: 'static', program: ['build/oriel-edge'] },
  { name: 'under the sanitizers', program: ['build/oriel-edge-checked'] },
  {
    name: 'under valgrind',
    program: ['valgrind', '-q', '--error-exitcode=99', '--leak-check=full', '--track-fds=no', 'build/oriel-edge-plain'],
  },
  { name: 'for ARM, under qemu', program: ['qemu-arm', 'build/oriel-edge-armv7'] },
];

beforeAll(() => {
  const made = spawnSync(
    'make',
    ['-s', 'build/oriel-edge', 'build/oriel-edge-checked', 'build/oriel-edge-plain', 'armv7'],
    {
      cwd: EDGE,
      encoding: 'utf8',
    },
  );
  expect(made.stderr).toBe('');
  expect(made.status).toBe(0);
}, 60_000);

/** One connection of the device, with everything it sent and has not been asked for yet. */
class Call {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    socket.on('close', () => this.#wake());
    socket.on('error', () => {});
  }

  async #until(isThere: () => boolean): Promise<void> {
    while (!isThere()) {
      if (this.socket.closed)
        throw new Error(`The device hung up; it had said ${JSON.stringify(String(this.#received))}.`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async line(): Promise<string> {
    await this.#until(() => this.#received.includes(10));
    const end = this.#received.indexOf(10);
    const line = this.#received.subarray(0, end).toString();
    this.#received = this.#received.subarray(end + 1);
    return line;
  }

  async bytes(count: number): Promise<Buffer> {
    await this.#until(() => this.#received.length >= count);
    const taken = this.#received.subarray(0, count);
    this.#received = this.#received.subarray(count);
    return taken;
  }

  /** The gateway's side of the handshake up to the parked connection; `cut` sends it in pieces of so many bytes. */
  async park(cut = 64): Promise<void> {
    expect(await this.line()).toBe('ORIEL/1 warehouse');
    const nonce = randomBytes(16);
    await this.send(`NONCE ${nonce.toString('hex')}\n`, cut);
    expect(await this.line()).toBe(`MAC ${createHmac('sha256', TOKEN).update(nonce).digest('hex')}`);
    await this.send('OK\n', cut);
  }

  async send(text: string, cut = text.length): Promise<void> {
    for (let at = 0; at < text.length; at += cut) {
      await new Promise((resolve) => this.socket.write(text.slice(at, at + cut), resolve));
      if (cut < text.length) await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}

const running: (() => void)[] = [];
afterEach(() => {
  for (const stop of running.splice(0)) stop();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  running.push(() => server.close());
  return (server.address() as { port: number }).port;
}

/** A gateway's port: calls come out in the order in which the device made them. */
async function openGateway() {
  const calls: Call[] = [];
  const waiting: ((call: Call) => void)[] = [];
  const server = createServer((socket) => {
    const call = new Call(socket);
    const next = waiting.shift();
    if (next) next(call);
    else calls.push(call);
    running.push(() => socket.destroy());
  });
  const port = await listen(server);
  const nextCall = (): Promise<Call> => {
    const call = calls.shift();
    return call ? Promise.resolve(call) : new Promise((resolve) => waiting.push(resolve));
  };
  return { port, nextCall, server };
}

async function openCamera(serve: (socket: Socket) => void): Promise<number> {
  return listen(
    createServer((socket) => {
      running.push(() => socket.destroy());
      socket.on('error', () => {});
      serve(socket);
    }),
  );
}

function startDevice(
  program: readonly string[],
  gatewayPort: number,
  cameraPort: number,
  more: readonly string[] = [],
) {
  const [command = '', ...before] = program;
  const args = ['--server', `127.0.0.1:${gatewayPort}`, '--name', 'warehouse', '--camera', `127.0.0.1:${cameraPort}`];
  const child: ChildProcess = spawn(command, [...before, ...args, ...more], {
    cwd: EDGE,
    // The device takes no memory but its own: valgrind shows that, and looking for leaks needs rights that a sandbox may lack.
    env: { PATH: process.env.PATH, ORIEL_TOKEN: TOKEN, ASAN_OPTIONS: 'detect_leaks=0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: string[] = [];
  child.stderr?.on('data', (chunk) => said.push(String(chunk)));
  running.push(() => child.kill('SIGKILL'));
  const stop = async (): Promise<{ code: number | null; said: string }> => {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'close');
    }
    return { code: child.exitCode, said: said.join('') };
  };
  return { stop, pid: child.pid as number, said: () => said.join('') };
}

const echo = (socket: Socket): void => void socket.pipe(socket);

describe.each(DEVICES)('the device $name', ({ program }) => {
  test('proves its token, waits for GO, pipes both ways byte for byte and parks a spare connection', async () => {
    const gateway = await openGateway();
    let cameraConnections = 0;
    const camera = await openCamera((socket) => {
      cameraConnections++;
      echo(socket);
    });
    const device = startDevice(program, gateway.port, camera);
    const call = await gateway.nextCall();
    await call.park();
    await call.send('\n\r\n');
    expect(cameraConnections).toBe(0);
    await call.send('GO\n');
    expect(await call.line()).toBe('UP');
    const spare = await gateway.nextCall();
    await spare.park();
    const sent = randomBytes(300_000);
    call.socket.write(sent);
    expect((await call.bytes(sent.length)).equals(sent)).toBe(true);
    await spare.send('GO\n');
    expect(await spare.line()).toBe('UP');
    expect(cameraConnections).toBe(2);
    call.socket.end();
    await once(call.socket, 'close');
    const { code, said } = await device.stop();
    expect(code, said).toBe(0);
    expect(said).not.toContain(TOKEN);
  });

  test('hung up on by the gateway while it parks, it comes back', async () => {
    const gateway = await openGateway();
    const device = startDevice(program, gateway.port, await openCamera(echo));
    const call = await gateway.nextCall();
    await call.park();
    call.socket.destroy();
    await (await gateway.nextCall()).park();
    expect((await device.stop()).code).toBe(0);
  });

  test('says ERR when the camera refuses, and parks again', async () => {
    const gateway = await openGateway();
    const closed = createServer();
    const port = await listen(closed);
    await new Promise((resolve) => closed.close(resolve));
    const device = startDevice(program, gateway.port, port);
    const call = await gateway.nextCall();
    await call.park();
    await call.send('GO\n');
    expect(await call.line()).toBe('ERR the camera refuses the connection');
    await (await gateway.nextCall()).park();
    expect((await device.stop()).code).toBe(0);
  });
});

describe('the device', () => {
  const [{ program }] = DEVICES as [(typeof DEVICES)[number]];

  test.each([1, 2, 3, 5, 7, 11, 13, 37])('reads a handshake that comes in pieces of %i bytes', async (cut) => {
    const gateway = await openGateway();
    startDevice(program, gateway.port, await openCamera(echo));
    const call = await gateway.nextCall();
    await call.park(cut);
    await call.send('\nGO\n', cut);
    expect(await call.line()).toBe('UP');
  });

  test('keeps bytes that came right behind GO for the camera', async () => {
    const gateway = await openGateway();
    startDevice(program, gateway.port, await openCamera(echo));
    const call = await gateway.nextCall();
    await call.park();
    await call.send('GO\nOPTIONS * RTSP/1.0\r\n\r\n');
    expect(await call.line()).toBe('UP');
    expect((await call.bytes(22)).toString()).toBe('OPTIONS * RTSP/1.0\r\n\r\n');
  });

  test.each([
    ['a nonce that is too short', 'NONCE abcd\n'],
    ['a nonce that is no hexadecimal', `NONCE ${'g'.repeat(32)}\n`],
    ['OK without a proof', 'OK\n'],
    ['GO before it has parked', 'GO\n'],
    ['another protocol', 'HTTP/1.1 400 Bad Request\r\n'],
    ['a line without end', 'x'.repeat(300)],
  ])('hangs up on %s', async (_, answer) => {
    const gateway = await openGateway();
    const device = startDevice(program, gateway.port, await openCamera(echo));
    const call = await gateway.nextCall();
    await call.line();
    await call.send(answer);
    await once(call.socket, 'close');
    expect((await device.stop()).code).toBe(0);
  });

  test('tells the reason of a refusal and does not ask again every second', async () => {
    const gateway = await openGateway();
    const device = startDevice(program, gateway.port, await openCamera(echo));
    const call = await gateway.nextCall();
    await call.line();
    await call.send('NO such device\n');
    await once(call.socket, 'close');
    const again = gateway.nextCall().then(() => 'called');
    const waited = new Promise((resolve) => setTimeout(() => resolve('quiet'), 3000));
    expect(await Promise.race([again, waited])).toBe('quiet');
    expect((await device.stop()).said).toContain('the gateway refuses this device: such device');
  });

  test('makes a fast camera wait for a slow gateway and loses no byte', async () => {
    const gateway = await openGateway();
    const sent = randomBytes(6 << 20);
    const camera = await openCamera((socket) => void socket.end(sent));
    startDevice(program, gateway.port, camera);
    const call = await gateway.nextCall();
    await call.park();
    await call.send('GO\n');
    expect(await call.line()).toBe('UP');
    call.socket.pause();
    await new Promise((resolve) => setTimeout(resolve, 300));
    call.socket.resume();
    expect((await call.bytes(sent.length)).equals(sent)).toBe(true);
    await once(call.socket, 'end');
  });

  test('ends the camera’s session at once when the gateway is gone in the middle of a picture', async () => {
    const gateway = await openGateway();
    let ended: Promise<unknown> = Promise.resolve();
    const camera = await openCamera((socket) => {
      const timer = setInterval(() => socket.write(Buffer.alloc(2000)), 5);
      ended = once(socket, 'close').finally(() => clearInterval(timer));
    });
    startDevice(program, gateway.port, camera);
    const call = await gateway.nextCall();
    await call.park();
    await call.send('GO\n');
    await call.line();
    await call.bytes(5000);
    call.socket.destroy();
    await ended;
  });

  test('says what is wrong with its options, and never the token', () => {
    const run = (...args: string[]) =>
      spawnSync('build/oriel-edge', args, { cwd: EDGE, encoding: 'utf8', env: { ORIEL_TOKEN: TOKEN }, timeout: 5000 });
    const complete = ['--server', '127.0.0.1:1', '--name', 'warehouse', '--camera', '127.0.0.1:2'];
    for (const [args, complaint] of [
      [['--server'], 'Every option takes a value.'],
      [['--server', 'nowhere'], '--server is not a HOST:PORT.'],
      [['--camera', 'x:0'], '--camera is not a HOST:PORT.'],
      [[...complete, '--token-file', '/nonexistent'], 'The token file cannot be read.'],
      [[...complete, '--color', 'red'], 'There is no such option.'],
      [[...complete, '--name', 'Two Words'], 'The name has to be 1 to 63 of a-z'],
    ] as const) {
      const { status, stderr } = run(...args);
      expect(stderr).toContain(complaint);
      expect(stderr).not.toContain(TOKEN);
      expect(status).toBe(2);
    }
  });
});

describe('what is promised of its size', () => {
  test('the static programs for Linux on x86 and on ARM have at most 100 KB', () => {
    for (const file of ['build/oriel-edge', 'build/oriel-edge-armv7']) {
      const { stdout } = spawnSync('stat', ['-c', '%s', file], { cwd: EDGE, encoding: 'utf8' });
      expect(Number(stdout), file).toBeLessThan(100_000);
    }
  });

  test('it works with 50 KB of memory: its data, and a stack that the system keeps small', async () => {
    const { stdout } = spawnSync('size', ['build/oriel-edge-armv7'], { cwd: EDGE, encoding: 'utf8' });
    const [, data, bss] = (stdout.split('\n')[1] ?? '').trim().split(/\s+/).map(Number);
    const stackKb = 15;
    expect((data ?? 0) + (bss ?? 0) + stackKb * 1024).toBeLessThan(50 * 1024);
    const gateway = await openGateway();
    const limited = ['sh', '-c', `ulimit -s ${stackKb} && exec build/oriel-edge "$@"`, 'sh'];
    startDevice(limited, gateway.port, await openCamera(echo));
    const call = await gateway.nextCall();
    await call.park();
    await call.send('GO\n');
    expect(await call.line()).toBe('UP');
    await (await gateway.nextCall()).park();
  });

  test('the core has at most 600 lines', () => {
    const { stdout } = spawnSync('sh', ['-c', 'cat core/*.c | wc -l'], { cwd: EDGE, encoding: 'utf8' });
    expect(Number(stdout)).toBeLessThanOrEqual(600);
  });
});

test('libFuzzer finds no input that breaks the core', () => {
  const { status, stderr } = spawnSync('make', ['-s', 'fuzz', 'FUZZ_SECONDS=8'], { cwd: EDGE, encoding: 'utf8' });
  expect(stderr).toContain('stat::number_of_executed_units');
  expect(status, stderr.slice(-2000)).toBe(0);
}, 90_000);

test('the TuyaOpen application uses only documented names, on both of its systems', () => {
  const { status, stderr } = spawnSync('make', ['-s', 'tuyaopen'], { cwd: EDGE, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
}, 30_000);
