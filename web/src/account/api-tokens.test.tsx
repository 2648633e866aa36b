// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest';
import type { TokenView } from '../../../shared/api.ts';
import { store } from '../dashboard/live.ts';
import { button, choice, choose, eventually, field, findAll, pageText, press, show, type } from '../testing/page.ts';
import { cameraView, done, openGateway, refuse } from '../testing/small-gateway.ts';
import { ApiTokens } from './api-tokens.tsx';

const RECORDER: TokenView = {
  id: 't1',
  name: 'nvr',
  role: 'viewer',
  cameras: ['yard', 'hall'],
  createdAt: 1,
  createdBy: 'ada',
};

beforeEach(() => {
  store.replace([cameraView('yard'), cameraView('hall')]);
});

test('each token says what it may and whether it is used', async () => {
  await openGateway({ 'GET /api/tokens': [RECORDER] });
  await show(<ApiTokens />);
  await eventually(() => expect(pageText()).toContain('Viewer · 2 cameras · last used never · never ends by itself'));
});

test('a token is shown once, to be copied', async () => {
  const made = { token: 'oriel_secret', view: RECORDER };
  const gateway = await openGateway({ 'GET /api/tokens': [], 'POST /api/tokens': made });
  await show(<ApiTokens />);
  await press(button('Make token'));
  await type(field('Name'), ' home-assistant ');
  await choose(choice('Role'), 'operator');
  await press(document.querySelector('dialog [type="submit"]') as HTMLElement);
  await eventually(() => expect(field('Token').value).toBe('oriel_secret'));
  expect(gateway.bodies('POST /api/tokens')).toEqual([{ name: 'home-assistant', role: 'operator', cameras: 'all' }]);
  await eventually(() => expect(gateway.bodies('GET /api/tokens')).toHaveLength(2));
  expect(pageText()).toContain('Copy the token now: it is not shown again.');
  await press(button('Close'));
  expect(findAll('input', 'Token')).toHaveLength(0);
});

test('a token without an end is one that somebody asked for', async () => {
  const made = { token: 'oriel_secret', view: RECORDER };
  const gateway = await openGateway({ 'GET /api/tokens': [], 'POST /api/tokens': made });
  await show(<ApiTokens />);
  await press(button('Make token'));
  await type(field('Name'), 'nvr');
  await choose(choice('Ends'), 'never');
  await press(document.querySelector('dialog [type="submit"]') as HTMLElement);
  await eventually(() => expect(gateway.bodies('POST /api/tokens')).toMatchObject([{ name: 'nvr', expiresAt: null }]));
});

test('a refused token leaves the form as it was', async () => {
  await openGateway({ 'GET /api/tokens': [], 'POST /api/tokens': refuse('not-allowed', 'Not you.', 403) });
  await show(<ApiTokens />);
  await press(button('Make token'));
  await type(field('Name'), 'home-assistant');
  await press(document.querySelector('dialog [type="submit"]') as HTMLElement);
  await eventually(() => expect(pageText()).toContain('Not you.'));
  expect(field('Name').value).toBe('home-assistant');
});

test('a token that is taken back disappears', async () => {
  let tokens: TokenView[] = [RECORDER];
  const gateway = await openGateway({
    'GET /api/tokens': () => tokens,
    'DELETE /api/tokens/t1': () => {
      tokens = [];
      return done();
    },
  });
  await show(<ApiTokens />);
  await eventually(() => expect(pageText()).toContain('nvr'));
  await press(button('Revoke'));
  await eventually(() => expect(pageText()).not.toContain('nvr'));
  expect(gateway.bodies('DELETE /api/tokens/t1')).toHaveLength(1);
});
