// @vitest-environment happy-dom
import { beforeEach, describe, expect, test } from 'vitest';
import type { CameraDetail } from '../../../shared/camera-api.ts';
import { store } from '../dashboard/live.ts';
import { openDialog, openedDialog } from '../page/page-dialog.ts';
import {
  button,
  choice,
  choose,
  eventually,
  field,
  find,
  messages,
  pageText,
  press,
  show,
  type,
} from '../testing/page.ts';
import { cameraView, openGateway, refuse } from '../testing/small-gateway.ts';
import { EditCameraDialog } from './edit-camera-dialog.tsx';

const PATCH = 'PATCH /api/cameras/yard';

const SETTINGS: NonNullable<CameraDetail['settings']> = {
  definedIn: 'dashboard',
  name: 'Yard',
  group: 'Outside',
  enabled: true,
  url: 'rtsp://10.0.0.5/stream1',
  substream: 'rtsp://10.0.0.5/stream2',
  username: 'viewer',
  hasPassword: true,
  transport: 'auto',
  whenOffline: 'hold',
  embedOrigins: ['https://a.example', 'https://b.example'],
};

const YARD: CameraDetail = {
  ...cameraView('yard', { group: 'Outside' }),
  addresses: { whep: 'w', hls: 'h', mp4: 'm' },
  facts: [],
  settings: SETTINGS,
};

beforeEach(() => {
  store.replace([YARD]);
  openDialog({ kind: 'edit-camera', camera: 'yard' });
});

async function edit(answer: unknown = YARD, part: Partial<CameraDetail> = {}, focus?: 'url' | 'password') {
  const gateway = await openGateway({ 'GET /api/cameras/yard': { ...YARD, ...part }, [PATCH]: answer });
  await show(<EditCameraDialog camera="yard" field={focus} />);
  await eventually(() => expect(pageText()).toContain('Edit Yard'));
  return gateway;
}

describe('the settings of a camera', () => {
  test('stand in the form as they are, and the password never does', async () => {
    await edit();
    const values = ['Name', 'Group', 'Address of the main stream', 'Address of the small stream', 'User name'];
    expect(values.map((label) => field(label).value)).toEqual([
      'Yard',
      'Outside',
      'rtsp://10.0.0.5/stream1',
      'rtsp://10.0.0.5/stream2',
      'viewer',
    ]);
    expect([field('Password').value, field('Password').placeholder]).toEqual(['', 'Stored']);
    expect(field('Web sites that may embed it').value).toBe('https://a.example https://b.example');
  });

  test('only what was changed is sent, and the dialog closes with a word', async () => {
    const gateway = await edit({ ...YARD, name: 'Back yard' });
    await type(field('Name'), ' Back yard ');
    await press(field('Switched on'));
    await press(button('Save'));
    await eventually(() => expect(messages()).toEqual(['Back yard saved.']));
    expect(gateway.bodies(PATCH)).toEqual([{ name: 'Back yard', enabled: false }]);
    expect(openedDialog.value).toBeUndefined();
  });

  test('an emptied field removes the setting; an empty password keeps the stored one', async () => {
    const gateway = await edit();
    await type(field('Group'), '');
    await type(field('Password'), 'typed');
    await type(field('Password'), '');
    await press(button('Save'));
    await eventually(() => expect(messages()).toEqual(['Yard saved.']));
    expect(gateway.bodies(PATCH)).toEqual([{ group: null }]);
  });

  test('what most cameras never need is sent in its own form', async () => {
    const gateway = await edit();
    await choose(choice('Transport'), 'tcp');
    await choose(choice('When the camera goes offline'), 'terminate');
    await type(field('Seconds without a picture'), '30');
    await type(field('Reach it through an agent'), 'agent/warehouse');
    await type(field('Web sites that may embed it'), 'https://c.example, https://d.example');
    await press(button('Save'));
    await eventually(() => expect(messages()).toEqual(['Yard saved.']));
    expect(gateway.bodies(PATCH)[0]).toEqual({
      transport: 'tcp',
      whenOffline: 'terminate',
      stallSeconds: 30,
      via: 'agent/warehouse',
      embedOrigins: ['https://c.example', 'https://d.example'],
    });
  });

  test('a refusal stays with the form, which keeps what was typed', async () => {
    await edit(refuse('bad-request', 'url: expected an address such as rtsp://HOST/PATH.'));
    await type(field('Address of the main stream'), 'nonsense');
    await press(button('Save'));
    await eventually(() => expect(pageText()).toContain('url: expected an address'));
    expect(field('Address of the main stream').value).toBe('nonsense');
    expect(openedDialog.value).toBeDefined();
  });

  test('a camera without name and address is not sent', async () => {
    const gateway = await edit();
    await type(field('Name'), '');
    await press(button('Save'));
    await type(field('Name'), 'Gate');
    await press(button('Save'));
    await eventually(() => expect(messages()).toEqual(['Yard saved.']));
    expect(gateway.bodies(PATCH)).toEqual([{ name: 'Gate' }]);
  });
});

test.each([
  ['url', 'Address of the main stream'],
  ['password', 'Password'],
] as const)('opened for the %s, that field has the focus', async (focus, label) => {
  await edit(YARD, {}, focus);
  expect(document.activeElement).toBe(field(label));
});

test('a camera of the configuration file is not edited here', async () => {
  await edit(YARD, { settings: { ...SETTINGS, definedIn: 'config' } });
  expect(pageText()).toContain('This camera stands in the configuration file.');
  expect(document.querySelector('form')).toBeNull();
});

test('a camera that cannot be read says why', async () => {
  await openGateway({ 'GET /api/cameras/yard': refuse('camera-not-found', 'There is no such camera.', 404) });
  await show(<EditCameraDialog camera="yard" field={undefined} />);
  await eventually(() => expect(find('[role="alert"]', 'There is no such camera.')).toBeTruthy());
});

test('cancelled, nothing is sent', async () => {
  const gateway = await edit();
  await type(field('Name'), 'Other');
  await press(button('Cancel'));
  expect(openedDialog.value).toBeUndefined();
  expect(gateway.bodies(PATCH)).toEqual([]);
});
