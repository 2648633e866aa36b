// @vitest-environment happy-dom
import { Server } from 'socket.io';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SessionView } from '../../../shared/api.ts';
import type { CameraControlsView, CameraDetail } from '../../../shared/camera-api.ts';
import type { ClientToServerEvents, ServerToClientEvents } from '../../../shared/events.ts';
import { cameras, closeLive, openLive } from '../dashboard/live.ts';
import { session } from '../dashboard/session.ts';
import { openedDialog } from '../page/page-dialog.ts';
import { navigate, path } from '../page/route.ts';
import {
  button,
  choice,
  choose,
  eventually,
  field,
  find,
  findAll,
  messages,
  pageText,
  press,
  show,
} from '../testing/page.ts';
import { cameraView, done, openGateway, type Routes, refuse, sessionView } from '../testing/small-gateway.ts';
import { NO_STATISTICS, StillPlayer } from '../testing/still-player.ts';
import { CameraControls } from './camera-controls.tsx';
import { CameraPage } from './camera-page.tsx';
import { CameraStatistics } from './camera-statistics.tsx';

const CONTROLS = 'GET /api/cameras/yard/controls';

const YARD: CameraDetail = {
  ...cameraView('yard'),
  facts: [],
  addresses: { whep: '/api/cameras/yard/whep', hls: '/hls', mp4: '/mp4', rtsp: ':8554/yard' },
  settings: {
    definedIn: 'dashboard',
    name: 'Yard',
    enabled: true,
    url: 'rtsp://10.0.0.5/stream1',
    transport: 'auto',
    whenOffline: 'hold',
    hasPassword: false,
  },
};

let sockets: Server<ClientToServerEvents, ServerToClientEvents> | undefined;

beforeEach(() => {
  openedDialog.value = undefined;
  session.value = sessionView();
});

afterEach(async () => {
  closeLive();
  await sockets?.close();
  sockets = undefined;
});

async function open(routes: Routes = {}, who: Partial<SessionView> = {}) {
  const gateway = await openGateway({
    'GET /api/cameras/yard': YARD,
    [CONTROLS]: { controls: [], talk: false },
    ...routes,
  });
  sockets = new Server(gateway.server);
  sockets.on('connection', (socket) => socket.emit('cameras-changed', [cameraView('yard')]));
  session.value = sessionView(who);
  navigate('/cameras/yard');
  openLive();
  await show(<CameraPage id="yard" />);
  await eventually(() => expect(cameras.value).toHaveLength(1));
  return gateway;
}

describe('the page of a camera', () => {
  test('names it, shows where other programs find it, and leads to sharing and editing', async () => {
    const { origin } = await open();
    await eventually(() => expect(field('WHEP').value).toBe(`${origin}/api/cameras/yard/whep`));
    expect(field('RTSP').value).toBe('rtsp://127.0.0.1:8554/yard');
    expect(document.title).toContain('Yard');
    await press(find('.page-actions button', 'Share'));
    expect(openedDialog.value).toEqual({ kind: 'share', camera: 'yard' });
    await press(find('.page-actions button', 'Edit'));
    expect(openedDialog.value).toEqual({ kind: 'edit-camera', camera: 'yard' });
  });

  test('offers a viewer nothing to change', async () => {
    const { settings: _hidden, ...plain } = YARD;
    await open({ 'GET /api/cameras/yard': plain }, { may: ['view'] });
    await eventually(() => expect(field('WHEP')).toBeTruthy());
    expect(pageText()).not.toMatch(/Share|Edit|Remove camera|Report card/);
  });

  test('warns of a device that nothing but its network tells from anybody else', async () => {
    const facts = [{ code: 'bare-tunnel', device: 'old-device', from: ['203.0.113.0/24'] }] as const;
    await open({ 'GET /api/cameras/yard': { ...YARD, facts } });
    const warnings = () => [...document.querySelectorAll('.notice-warning')].map(({ textContent }) => textContent);
    await eventually(() => expect(warnings().join()).toContain('whoever dials in from 203.0.113.0/24'));
  });

  test('a camera that cannot be read says why', async () => {
    await open({ 'GET /api/cameras/yard': refuse('camera-not-found', 'There is no such camera.', 404) });
    await eventually(() => expect(pageText()).toContain('There is no such camera.'));
  });

  test('removed after a question, it leads back to the grid', async () => {
    const gateway = await open({ 'DELETE /api/cameras/yard': done() });
    await eventually(() => expect(button('Remove camera')).toBeTruthy());
    await press(button('Remove camera'));
    expect(pageText()).toContain('Remove Yard?');
    await press(find('dialog .button-danger', 'Remove camera'));
    await eventually(() => expect(path.value).toBe('/'));
    expect(gateway.bodies('DELETE /api/cameras/yard')).toHaveLength(1);
    expect(messages()).toEqual(['Yard removed.']);
  });

  test('the report card is made with the stored password when somebody asks', async () => {
    const report = { url: 'rtsp://10.0.0.5/stream1', steps: [], totalMs: 10, suggestions: [] };
    const gateway = await open({ 'POST /api/cameras/probe': report });
    await eventually(() => expect(button('Examine the camera')).toBeTruthy());
    expect(gateway.bodies('POST /api/cameras/probe')).toEqual([]);
    acknowledgeProbes();
    await press(button('Examine the camera'));
    await eventually(() => expect(gateway.bodies('POST /api/cameras/probe')).toHaveLength(1));
    expect(gateway.bodies('POST /api/cameras/probe')[0]).toMatchObject({
      url: 'rtsp://10.0.0.5/stream1',
      camera: 'yard',
    });
    await eventually(() => expect(pageText()).toContain('Nothing to improve.'));
  });
});

/** The pages that are connected may follow the steps of a probe. */
function acknowledgeProbes(): void {
  for (const socket of sockets?.sockets.sockets.values() ?? []) {
    socket.on('follow-probe', (_request, reply) => reply({ ok: true, value: null }));
  }
}

const ALL: CameraControlsView = {
  controls: [
    { name: 'night-vision', type: 'choice', value: 'auto', choices: ['auto', 'on_always'] },
    { name: 'light', type: 'switch', value: false },
    { name: 'pan', type: 'move', directions: ['left', 'right'] },
  ],
  talk: true,
};

describe('what the camera itself can do', () => {
  test('stands in words, and each change is sent', async () => {
    const gateway = await openGateway({
      [CONTROLS]: ALL,
      'PUT /api/cameras/yard/controls/night-vision': done(),
      'PUT /api/cameras/yard/controls/light': done(),
      'PUT /api/cameras/yard/controls/pan': done(),
    });
    await show(<CameraControls camera="yard" player={undefined} />);
    await eventually(() => expect(choice('Night vision').value).toBe('auto'));
    await choose(choice('Night vision'), 'on_always');
    await press(field('Light'));
    await press(button('Left'));
    await eventually(() => expect(gateway.bodies('PUT /api/cameras/yard/controls/pan')).toEqual([{ value: 'left' }]));
    expect(gateway.bodies('PUT /api/cameras/yard/controls/night-vision')).toEqual([{ value: 'on_always' }]);
    expect(gateway.bodies('PUT /api/cameras/yard/controls/light')).toEqual([{ value: true }]);
    expect(button('Hold to talk')).toBeTruthy();
  });

  test('a control that the camera refuses says so', async () => {
    await openGateway({
      [CONTROLS]: ALL,
      'PUT /api/cameras/yard/controls/light': refuse('not-supported', 'This camera has no light.'),
    });
    await show(<CameraControls camera="yard" player={undefined} />);
    await eventually(() => expect(field('Light')).toBeTruthy());
    await press(field('Light'));
    await eventually(() => expect(messages()).toEqual(['This camera has no light.']));
  });

  test('a camera that is on has its privacy switch off, and a lamp is an LED', async () => {
    const controls = [
      { name: 'camera', type: 'switch', value: true },
      { name: 'led', type: 'switch', value: true },
    ];
    const gateway = await openGateway({
      [CONTROLS]: { controls, talk: false },
      'PUT /api/cameras/yard/controls/camera': done(),
    });
    await show(<CameraControls camera="yard" player={undefined} />);
    await eventually(() => expect(field('LED').checked).toBe(true));
    expect(field('Privacy switch (no picture)').checked).toBe(false);
    await press(field('Privacy switch (no picture)'));
    await eventually(() => expect(gateway.bodies('PUT /api/cameras/yard/controls/camera')).toEqual([{ value: false }]));
  });

  test('a camera that can do nothing shows nothing, and talking is for those who may', async () => {
    session.value = sessionView({ may: ['control'] });
    const gateway = await openGateway({ [CONTROLS]: { controls: [], talk: true } });
    const page = await show(<CameraControls camera="yard" player={undefined} />);
    await eventually(() => expect(gateway.asked).toHaveLength(1));
    await show(<CameraControls camera="yard" player={undefined} />);
    expect(page.textContent).toBe('');
  });
});

describe('the statistics', () => {
  const rows = () =>
    Object.fromEntries(
      [...document.querySelectorAll('.numbers-grid > div')].map((row) => [
        row.querySelector('dt')?.textContent,
        row.querySelector('dd')?.textContent,
      ]),
    );

  test('what is not known is a dash', async () => {
    await show(<CameraStatistics player={undefined} />);
    expect(rows()).toMatchObject({ 'Picture age': '–', Transport: '–', Bitrate: '–', 'Lost packets': '–' });
  });

  test('what is known stands in its unit, with the way to the first picture', async () => {
    const player = new StillPlayer();
    player.measured = {
      ...NO_STATISTICS,
      transport: 'webrtc',
      codec: 'avc1.640028',
      width: 1920,
      height: 1080,
      fps: 14.96,
      bitrateKbps: 2140,
      pictureAgeMs: 87.6,
      jitterBufferMs: 21.2,
      lossPercent: 0.24,
      roundTripMs: 3.4,
      waterfall: [
        { step: 'signalling', fromMs: 0, toMs: 40 },
        { step: 'decode', fromMs: 40, toMs: 200 },
      ],
    };
    await show(<CameraStatistics player={player} />);
    await eventually(() => expect(rows()['Picture age']).toBe('88 ms'));
    expect(rows()).toMatchObject({
      Picture: '1920 × 1080, 15 fps',
      Transport: 'WebRTC',
      Encoding: 'H.264',
      Bitrate: '2.1 Mbit/s',
      Buffer: '21 ms',
      'Lost packets': '0.2 %',
      'Round trip': '3 ms',
    });
    expect(pageText()).toContain('To the first picture: 200 ms');
    expect(findAll('li', 'Decode160 ms')).toHaveLength(1);
  });
});
