// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest';
import { session } from '../dashboard/session.ts';
import { navigate, path, query } from '../page/route.ts';
import { button, eventually, pageText, press, show } from '../testing/page.ts';
import { openGateway, refuse, sessionView } from '../testing/small-gateway.ts';
import { SignInLinkPage } from './sign-in-link-page.tsx';

const SESSION = 'POST /api/session/link';

beforeEach(() => {
  session.value = null;
  navigate('/setup/once', { replace: true });
});

test('the link signs in when somebody clicks, and not before', async () => {
  const gateway = await openGateway({ [SESSION]: sessionView() });
  await show(<SignInLinkPage link="once" />);
  expect(gateway.bodies(SESSION)).toEqual([]);
  await press(button('Sign in'));
  await eventually(() => expect(session.value?.name).toBe('ada'));
  expect(gateway.bodies(SESSION)).toEqual([{ link: 'once' }]);
  expect(path.value).toBe('/');
});

test('a link that was used leads to the sign-in page, which says so', async () => {
  await openGateway({ [SESSION]: refuse('not-signed-in', 'This link was used already or is too old.', 401) });
  await show(<SignInLinkPage link="once" />);
  await press(button('Sign in'));
  await eventually(() => expect(query.value.get('link')).toBe('used'));
  expect(session.value).toBeNull();
});

test('any other refusal is said here', async () => {
  await openGateway({ [SESSION]: refuse('too-many-requests', 'Wait a minute.', 429) });
  await show(<SignInLinkPage link="once" />);
  await press(button('Sign in'));
  await eventually(() => expect(pageText()).toContain('Wait a minute.'));
});
