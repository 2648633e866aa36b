// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest';
import { endedBecause, forgetSession, session } from '../dashboard/session.ts';
import { navigate } from '../page/route.ts';
import { button, eventually, field, pageText, press, show, type } from '../testing/page.ts';
import { openGateway, refuse, sessionView } from '../testing/small-gateway.ts';
import { SignInPage } from './sign-in-page.tsx';

const SESSION = 'POST /api/session';

beforeEach(() => {
  session.value = null;
  endedBecause.value = '';
});

async function signIn(name: string, password: string): Promise<void> {
  await type(field('Name'), name);
  await type(field('Password'), password);
  await press(button('Sign in'));
}

test('name and password open the dashboard', async () => {
  const gateway = await openGateway({ [SESSION]: sessionView() });
  await show(<SignInPage />);
  await signIn('  ada ', 'correct horse');
  await eventually(() => expect(session.value?.name).toBe('ada'));
  expect(gateway.bodies(SESSION)).toEqual([{ name: 'ada', password: 'correct horse' }]);
  expect(document.title).toContain('Sign in');
});

test('a wrong password is said in the words of this page, and spoken', async () => {
  await openGateway({ [SESSION]: refuse('not-signed-in', 'Not signed in.', 401) });
  await show(<SignInPage />);
  await signIn('ada', 'wrong');
  const alert = await eventually(() => {
    const found = document.querySelector('[role="alert"]');
    expect(found).not.toBeNull();
    return found;
  });
  expect(alert?.textContent).toBe('This name and password do not belong together. Check both and try again.');
  expect(session.value).toBeNull();
});

test('any other refusal stands in the words of the gateway', async () => {
  await openGateway({ [SESSION]: refuse('too-many-requests', 'Wait 30 seconds before you try again.', 429) });
  await show(<SignInPage />);
  await signIn('ada', 'wrong');
  await eventually(() => expect(pageText()).toContain('Wait 30 seconds before you try again.'));
});

test('a gateway that does not answer is named, and the button can be pressed again', async () => {
  const gateway = await openGateway({});
  gateway.server.close();
  await show(<SignInPage />);
  await signIn('ada', 'secret');
  await eventually(() => expect(pageText()).toContain('The gateway does not answer.'));
  expect(button('Sign in').disabled).toBe(false);
});

test('empty fields are not sent', async () => {
  const gateway = await openGateway({ [SESSION]: sessionView() });
  await show(<SignInPage />);
  await press(button('Sign in'));
  await signIn('ada', 'secret');
  await eventually(() => expect(session.value).not.toBeNull());
  expect(gateway.asked).toHaveLength(1);
});

test('whoever was signed out reads why', async () => {
  forgetSession('Signed out by an administrator.');
  await show(<SignInPage />);
  expect(pageText()).toContain('Signed out by an administrator.');
});

test('a one-time link that was used before is explained', async () => {
  await openGateway({});
  navigate('/?link=used');
  await show(<SignInPage />);
  expect(pageText()).toContain('This link was used before or has expired.');
});
