import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { OUTSIDE, type RemoteBrowser, requireProgram, TestNetwork } from '../testing/network.ts';
import { startTestRig, type TestBrowserOptions, type TestRig, until } from '../testing/rig.ts';

const TURN_PORT = 34_789;
const SECRET = 'one word between the gateway and coturn';
const CONNECT_MS = 15_000;

async function startCoturn(): Promise<ChildProcess> {
  const program = requireProgram('/usr/bin/turnserver', 'coturn');
  const args = [
    '-n',
    '--use-auth-secret',
    `--static-auth-secret=${SECRET}`,
    '--realm=oriel',
    `--listening-ip=${OUTSIDE}`,
  ];
  const quiet = ['--no-tls', '--no-dtls', '--no-cli', '--log-file=stdout', '--pidfile=/dev/null'];
  const child = spawn(program, [...args, ...quiet, `--listening-port=${TURN_PORT}`, `--relay-ip=${OUTSIDE}`], {
    stdio: 'ignore',
  });
  for (const endsAt = Date.now() + CONNECT_MS; Date.now() < endsAt; ) {
    const socket = connect(TURN_PORT, OUTSIDE);
    const isOpen = await Promise.race([once(socket, 'connect'), once(socket, 'error')]).then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return child;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill();
  throw new Error('coturn did not open its port.');
}

describe('a viewer whose network drops UDP', () => {
  let network: TestNetwork;
  let rig: TestRig;
  let browser: RemoteBrowser | undefined;
  let coturn: ChildProcess | undefined;
  afterEach(async () => {
    await browser?.close();
    await rig.close();
    if (coturn) {
      const ended = once(coturn, 'exit');
      coturn.kill();
      await ended;
    }
    [browser, coturn] = [undefined, undefined];
    network.close();
  });

  const watch = async (options: TestBrowserOptions): Promise<string | undefined> => {
    rig.camera.play(25);
    browser = await network.open(options);
    const viewer = await rig.open(browser.offer);
    browser.accept(viewer.answer);
    await until(() => (browser?.pictures ?? 0) > 20, 'pictures', CONNECT_MS);
    return viewer.transport;
  };

  it('connects by ICE-TCP to the one TCP port', async () => {
    network = new TestNetwork('meta l4proto udp');
    rig = await startTestRig({ config: { host: OUTSIDE } });
    expect(await watch({ withTcp: true })).toBe('tcp');
  });

  it('connects through coturn, with the credentials that were made for it, when both ports are closed', async () => {
    network = new TestNetwork('meta l4proto udp', `tcp dport != ${TURN_PORT}`);
    coturn = await startCoturn();
    const urls = `turn:${OUTSIDE}:${TURN_PORT}?transport=tcp`;
    rig = await startTestRig({ config: { host: OUTSIDE, iceServers: [{ urls }], turnSecret: SECRET } });
    const [server] = rig.webrtc.iceServersFor('ada');
    const turn = { urls, username: server?.username ?? '', credential: server?.credential ?? '' };
    expect(await watch({ turn })).toBe('udp');
  });
});
