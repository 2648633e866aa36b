// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { ShareCreated, ShareInput, ShareView } from '../../../shared/share-link.ts';
import { store } from '../dashboard/live.ts';
import { session } from '../dashboard/session.ts';
import { openedDialog } from '../page/page-dialog.ts';
import {
  button,
  choice,
  choose,
  eventually,
  field,
  find,
  findAll,
  pageText,
  press,
  show,
  type,
} from '../testing/page.ts';
import { cameraView, openGateway, refuse, sessionView } from '../testing/small-gateway.ts';
import { ShareDialog } from './share-dialog.tsx';

const SHARES = 'POST /api/shares';
const HOUR_MS = 3_600_000;

const share: ShareView = {
  id: 's1',
  camera: 'yard',
  label: 'For the neighbours',
  audio: true,
  quality: 'main',
  createdAt: 1,
  createdBy: 'ada',
  state: 'open',
  watching: 0,
  opened: 0,
};
const created: ShareCreated = { id: 's1', token: 'x', url: 'https://oriel.example/s/x', share };

beforeEach(() => {
  session.value = sessionView();
  openedDialog.value = undefined;
  store.replace([cameraView('yard'), cameraView('hall', { hasSubstream: false })]);
});

describe('a new link', () => {
  test('by default lasts a day, with sound and the full picture', async () => {
    const gateway = await openGateway({ [SHARES]: created });
    await show(<ShareDialog camera="yard" />);
    expect(pageText()).toContain('Share Yard');
    const before = Date.now();
    await press(button('Make link'));
    await eventually(() => expect(field('Link').value).toBe('https://oriel.example/s/x'));
    const [sent] = gateway.bodies(SHARES) as ShareInput[];
    expect(sent).toEqual({ camera: 'yard', audio: true, quality: 'main', expiresAt: expect.any(Number) });
    expect(sent?.expiresAt).toBeGreaterThanOrEqual(before + 24 * HOUR_MS);
    expect(sent?.expiresAt).toBeLessThanOrEqual(Date.now() + 24 * HOUR_MS);
  });

  test('everything that was filled in is sent', async () => {
    const gateway = await openGateway({ [SHARES]: created });
    await show(<ShareDialog camera="yard" />);
    await type(field('Label'), ' For the neighbours ');
    await choose(choice('Ends'), 'never');
    await type(field('Viewers at once'), '3');
    await choose(choice('Best quality'), 'sub');
    await press(field('With sound'));
    await press(field('Only at certain hours of the day'));
    await type(field('From'), '20:00');
    await type(field('To'), '06:30');
    await press(button('Make link'));
    await eventually(() => expect(gateway.bodies(SHARES)).toHaveLength(1));
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    expect(gateway.bodies(SHARES)).toEqual([
      {
        camera: 'yard',
        label: 'For the neighbours',
        audio: false,
        quality: 'sub',
        maxViewers: 3,
        dailyWindow: { from: '20:00', to: '06:30', timeZone },
      },
    ]);
  });

  test('an end of one’s own choosing is asked for and needed', async () => {
    const gateway = await openGateway({ [SHARES]: created });
    await show(<ShareDialog camera="yard" />);
    expect(findAll('input', 'Until')).toHaveLength(0);
    await choose(choice('Ends'), 'until');
    await press(button('Make link'));
    await type(field('Until'), '2030-01-02T03:04');
    await press(button('Make link'));
    await eventually(() => expect(gateway.bodies(SHARES)).toHaveLength(1));
    expect((gateway.bodies(SHARES)[0] as ShareInput).expiresAt).toBe(new Date(2030, 0, 2, 3, 4).getTime());
  });

  test('a camera without a small stream offers none', async () => {
    await show(<ShareDialog camera="hall" />);
    expect(choice('Best quality').disabled).toBe(true);
  });

  test('a refusal stands above the form', async () => {
    await openGateway({ [SHARES]: refuse('not-allowed', 'Viewers make no links.', 403) });
    await show(<ShareDialog camera="yard" />);
    await press(button('Make link'));
    await eventually(() => expect(find('[role="alert"]', 'Viewers make no links.')).toBeTruthy());
    expect(button('Make link')).toBeTruthy();
  });

  test('the link stands as text and as a code, and another can be made', async () => {
    await openGateway({ [SHARES]: created });
    await show(<ShareDialog camera="yard" />);
    await press(button('Make link'));
    await eventually(() => expect(pageText()).toContain('Copy it now: it is not shown again.'));
    expect(document.querySelector('svg[role="img"]')?.getAttribute('aria-label')).toBe('The link as a QR code');
    await press(button('Another link'));
    expect(button('Make link')).toBeTruthy();
  });

  test.each([
    ['http://127.0.0.1:8080/s/x', true],
    ['http://localhost:8080/s/x', true],
    ['http://192.0.2.7:8080/s/x', false],
  ])('at %s it is said whether it works on this computer only: %s', async (url, isOnlyHere) => {
    await openGateway({ [SHARES]: { ...created, url } });
    await show(<ShareDialog camera="yard" />);
    await press(button('Make link'));
    await eventually(() => expect(field('Link').value).toBe(url));
    expect(pageText().includes('This link works on this computer only')).toBe(isOnlyHere);
    expect(pageText().includes('--host 0.0.0.0')).toBe(isOnlyHere);
  });

  test('a phone hands it on; a person who changes their mind is told nothing', async () => {
    const sent = vi.fn<(what: ShareData) => Promise<void>>(() => Promise.reject(new Error('cancelled')));
    Object.assign(navigator, { share: sent });
    await openGateway({ [SHARES]: created });
    await show(<ShareDialog camera="yard" />);
    await press(button('Make link'));
    await eventually(() => expect(button('Send')).toBeTruthy());
    await press(button('Send'));
    expect(sent).toHaveBeenCalledWith({ title: 'For the neighbours', url: 'https://oriel.example/s/x' });
  });
});

describe('the code to embed', () => {
  const embed = () => press(find('[role="tab"]', 'Embed'));

  test('names this camera and this gateway, and carries no secret', async () => {
    const { origin } = await openGateway({});
    await show(<ShareDialog camera="yard" />);
    await embed();
    expect(field('As an iframe').value).toContain(`src="${origin}/embed/yard?token=TOKEN`);
    expect(field('As a web component').value).toContain(`${origin}/oriel-player.js`);
    expect(field('As a web component').value).toContain('camera="yard"');
  });

  test('follows the choices', async () => {
    await show(<ShareDialog camera="yard" />);
    await embed();
    await choose(choice('Theme'), 'light');
    await press(field('With controls'));
    expect(field('As an iframe').value).toContain('theme=light');
    expect(field('As an iframe').value).toContain('controls=none');
  });

  test('leads to the sites that may embed it, for whoever may change the camera', async () => {
    await show(<ShareDialog camera="yard" />);
    await embed();
    await press(button('Sites that may embed it'));
    expect(openedDialog.value).toEqual({ kind: 'edit-camera', camera: 'yard' });
    session.value = sessionView({ may: ['share'] });
    await show(<ShareDialog key="viewer" camera="yard" />);
    await embed();
    expect(findAll('button', 'Sites that may embed it')).toHaveLength(0);
  });
});
