// @vitest-environment happy-dom
import { Server } from 'socket.io';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProbeInput } from '../../../shared/camera-api.ts';
import type { CameraInput } from '../../../shared/camera-settings.ts';
import type { ClientToServerEvents, ServerToClientEvents } from '../../../shared/events.ts';
import type { ProbeReport } from '../../../shared/probe-report.ts';
import { isFirstCameraWanted } from '../dashboard/first-camera.ts';
import { cameras, closeLive, openLive } from '../dashboard/live.ts';
import { openDialog, openedDialog } from '../page/page-dialog.ts';
import { path, query } from '../page/route.ts';
import { button, choice, choose, eventually, field, messages, pageText, press, show, type } from '../testing/page.ts';
import { cameraView, openGateway, type Routes, refuse, type SmallGateway } from '../testing/small-gateway.ts';
import { AddCameraDialog } from './add-camera-dialog.tsx';

const PROBE = 'POST /api/cameras/probe';
const ADD = 'POST /api/cameras';
const ADDRESS = 'Address, serial number or RTSP URL';

const GOOD: ProbeReport = {
  url: 'rtsp://10.0.0.5/stream1',
  steps: [
    { step: 'connecting', ms: 12 },
    { step: 'asking', ms: 40 },
    { step: 'waiting-for-key-frame', ms: 700 },
  ],
  totalMs: 752,
  device: 'Tapo C200',
  video: { codec: 'h264', profile: 'Main', level: '4.1', width: 1920, height: 1080, fps: 15, hasBFrames: false },
  substream: { url: 'rtsp://10.0.0.5/stream2' },
  suggestions: [],
};

const failed = (code: 'wrong-password' | 'no-such-path' | 'timeout'): ProbeReport => ({
  url: 'rtsp://10.0.0.5/stream1',
  steps: [{ step: 'asking', ms: 40 }],
  totalMs: 40,
  error: { code, message: 'as the gateway says it' },
  suggestions: [],
});

let gateway: SmallGateway;
let sockets: Server<ClientToServerEvents, ServerToClientEvents>;
/** The probe that the page follows over its live connection. */
let followed: string | undefined;

beforeEach(() => {
  followed = undefined;
  isFirstCameraWanted.value = true;
  openDialog({ kind: 'add-camera' });
});

afterEach(async () => {
  closeLive();
  await sockets.close();
});

async function open(routes: Routes = {}, address = ''): Promise<void> {
  gateway = await openGateway(routes);
  sockets = new Server(gateway.server);
  sockets.on('connection', (socket) => {
    socket.emit('cameras-changed', [cameraView('yard')]);
    socket.on('follow-probe', ({ probe }, reply) => {
      followed = probe;
      reply({ ok: true, value: null });
    });
  });
  openLive();
  await eventually(() => expect(cameras.value).toHaveLength(1));
  await show(<AddCameraDialog address={address} />);
}

const lookAtIt = () => press(button('Test camera'));

describe('what is pasted is recognised while it is typed', () => {
  test.each([
    ['', 'Paste what you have: the address of the camera, its RTSP URL, or its serial number.', true],
    ['https://10.0.0.5/login', 'This is the address of a web page.', true],
    ['rtsp://10.0.0.5/stream1', 'An RTSP camera. Its small stream is known too.', false],
    ['6J0A1D4PAG00001', 'A Dahua camera, reached by its serial number.', false],
  ])('%s', async (text, says, isDisabled) => {
    await open();
    await type(field(ADDRESS), text);
    expect(pageText()).toContain(says);
    expect(button('Test camera').disabled).toBe(isDisabled);
  });

  test('a bare host needs its maker, and is looked at where that maker has its stream', async () => {
    await open({ [PROBE]: GOOD });
    await type(field(ADDRESS), '10.0.0.5');
    expect(pageText()).toContain('The host 10.0.0.5. Which brand is the camera?');
    await choose(choice('Brand'), 'Tapo');
    await lookAtIt();
    await eventually(() => expect(gateway.bodies(PROBE)).toHaveLength(1));
    expect((gateway.bodies(PROBE)[0] as ProbeInput).url).toBe('rtsp://10.0.0.5/stream1');
  });

  test('user name and password move out of the address into their own fields', async () => {
    await open({ [PROBE]: GOOD });
    await type(field(ADDRESS), 'rtsp://admin:s%40fe@10.0.0.5/stream1');
    expect(pageText()).toContain('User name and password are taken out of the address.');
    await lookAtIt();
    await eventually(() => expect(gateway.bodies(PROBE)).toHaveLength(1));
    expect(gateway.bodies(PROBE)[0]).toMatchObject({
      url: 'rtsp://10.0.0.5/stream1',
      username: 'admin',
      password: 's@fe',
    });
    expect([field('User name').value, field('Password').value]).toEqual(['admin', 's@fe']);
    expect(field(ADDRESS).value).not.toContain('s%40fe');
  });
});

describe('the look', () => {
  test('shows each step while it happens', async () => {
    let answer = (_report: ProbeReport) => {};
    const answered = new Promise<ProbeReport>((resolve) => {
      answer = resolve;
    });
    await open({ [PROBE]: () => answered }, 'rtsp://10.0.0.5/stream1');
    await lookAtIt();
    await eventually(() => expect(gateway.bodies(PROBE)).toHaveLength(1));
    expect((gateway.bodies(PROBE)[0] as ProbeInput).probe).toBe(followed);
    sockets.emit('probe-step', { probe: 'of somebody else', step: 'resolving', atMs: 0 });
    sockets.emit('probe-step', { probe: followed ?? '', step: 'connecting', atMs: 0 });
    sockets.emit('probe-step', { probe: followed ?? '', step: 'asking', atMs: 1500 });
    await eventually(() => expect(pageText()).toContain('Asking the camera'));
    expect(document.querySelectorAll('.probe-step-done')).toHaveLength(1);
    expect(pageText()).toContain('Connecting to the camera1.5 s');
    expect(pageText()).not.toContain('Finding the camera');
    expect(button('Test camera').disabled).toBe(true);
    answer(GOOD);
    await eventually(() => expect(pageText()).toContain('Nothing to improve.'));
  });

  test('can be given up, and begins anew when the address is another one', async () => {
    await open({ [PROBE]: () => new Promise(() => undefined) }, 'rtsp://10.0.0.5/stream1');
    await lookAtIt();
    await press(button('Cancel'));
    expect(button('Test camera').disabled).toBe(false);
    await lookAtIt();
    await type(field(ADDRESS), 'rtsp://10.0.0.6/stream1');
    expect(pageText()).not.toContain('Testing the camera.');
    await press(button('Cancel'));
    expect(openedDialog.value).toBeUndefined();
  });

  test('a wrong password marks the field that helps', async () => {
    await open({ [PROBE]: failed('wrong-password') }, 'rtsp://10.0.0.5/stream1');
    await lookAtIt();
    await eventually(() => expect(pageText()).toContain('Check user name and password.'));
    expect(field('Password').getAttribute('aria-invalid')).toBe('true');
    expect(pageText()).toContain('The camera refuses this user name or password.');
    expect(button('Try again')).toBeTruthy();
  });

  test('a wrong path marks the address', async () => {
    await open({ [PROBE]: failed('no-such-path') }, 'rtsp://10.0.0.5/stream1');
    await lookAtIt();
    await eventually(() => expect(field(ADDRESS).getAttribute('aria-invalid')).toBe('true'));
  });

  test('a gateway that cannot look says so', async () => {
    await open({ [PROBE]: refuse('busy', 'Four looks are under way.', 503) }, 'rtsp://10.0.0.5/stream1');
    await lookAtIt();
    await eventually(() => expect(pageText()).toContain('Four looks are under way.'));
  });
});

describe('saving', () => {
  test('takes the name, the group and the small stream that was found, and shows the new camera', async () => {
    await open({ [PROBE]: GOOD, [ADD]: { ...cameraView('gate'), name: 'Gate' } }, 'rtsp://10.0.0.5/stream1');
    await lookAtIt();
    await eventually(() => expect(button('Add camera')).toBeTruthy());
    expect(pageText()).toContain('1920 × 1080, 15 fps');
    expect(field('Name').value).toContain('Tapo');
    await type(field('Name'), ' Gate ');
    await type(field('Group'), 'Outside');
    await press(button('Add camera'));
    await eventually(() => expect(messages()).toEqual(['Gate added.']));
    expect(gateway.bodies(ADD)).toEqual([
      { name: 'Gate', url: 'rtsp://10.0.0.5/stream1', group: 'Outside', substream: 'rtsp://10.0.0.5/stream2' },
    ] satisfies CameraInput[]);
    expect([openedDialog.value, isFirstCameraWanted.value]).toEqual([undefined, false]);
    expect([path.value, query.value.get('open')]).toEqual(['/', 'gate']);
  });

  test('a camera that is offline only now can be added all the same', async () => {
    await open({ [PROBE]: failed('timeout'), [ADD]: cameraView('gate') }, 'rtsp://10.0.0.5/stream1');
    await lookAtIt();
    await eventually(() => expect(button('Add anyway')).toBeTruthy());
    await type(field('Name'), 'Gate');
    await press(button('Add anyway'));
    await eventually(() => expect(gateway.bodies(ADD)).toHaveLength(1));
    expect(gateway.bodies(ADD)[0]).toMatchObject({ name: 'Gate', substream: 'rtsp://10.0.0.5/stream2' });
  });

  test('a refusal keeps what was found', async () => {
    await open(
      { [PROBE]: GOOD, [ADD]: refuse('already-exists', 'There is such a camera.') },
      'rtsp://10.0.0.5/stream1',
    );
    await lookAtIt();
    await eventually(() => expect(button('Add camera')).toBeTruthy());
    await press(button('Add camera'));
    await eventually(() => expect(pageText()).toContain('There is such a camera.'));
    expect(pageText()).toContain('Tapo C200');
    expect(openedDialog.value).toBeDefined();
  });
});

describe('cameras on the network', () => {
  const DISCOVER = 'POST /api/cameras/discover';

  test('are listed, and one of them is taken into the field', async () => {
    const found = [{ name: 'C200', url: 'kasa://10.0.0.9', kind: 'kasa', address: '10.0.0.9' }];
    await open({ [DISCOVER]: found });
    await press(button('Find cameras on the network'));
    await eventually(() => expect(pageText()).toContain('10.0.0.9 · KASA'));
    await press(button('Use'));
    expect(field(ADDRESS).value).toBe('kasa://10.0.0.9');
  });

  test('none is said to be none, and an error is said', async () => {
    let answer: unknown = [];
    await open({ [DISCOVER]: () => answer });
    await press(button('Find cameras on the network'));
    await eventually(() => expect(pageText()).toContain('No camera answered.'));
    answer = refuse('not-allowed', 'Viewers search for nothing.', 403);
    await press(button('Find cameras on the network'));
    await eventually(() => expect(pageText()).toContain('Viewers search for nothing.'));
  });
});
