// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest';
import { session } from '../dashboard/session.ts';
import { button, eventually, field, messages, pageText, press, show, type } from '../testing/page.ts';
import { openGateway, refuse, sessionView } from '../testing/small-gateway.ts';
import { PasswordForm } from './password-form.tsx';

const ACCOUNT = 'PATCH /api/account';

beforeEach(() => {
  session.value = sessionView({ name: 'ada' });
});

test('a new name goes alone, without a password', async () => {
  const gateway = await openGateway({ [ACCOUNT]: sessionView({ name: 'grace' }) });
  await show(<PasswordForm />);
  await type(field('Name'), ' grace ');
  await press(button('Save'));
  await eventually(() => expect(session.value?.name).toBe('grace'));
  expect(gateway.bodies(ACCOUNT)).toEqual([{ name: 'grace' }]);
  await eventually(() => expect(messages()).toEqual(['Saved.']));
});

test('a new password goes with the current one, and both fields are empty afterwards', async () => {
  const gateway = await openGateway({ [ACCOUNT]: sessionView({ name: 'ada' }) });
  await show(<PasswordForm />);
  await type(field('Current password'), 'the old one');
  await type(field('New password'), 'ten letters or more');
  await press(button('Save'));
  await eventually(() => expect(field('New password').value).toBe(''));
  expect(field('Current password').value).toBe('');
  expect(gateway.bodies(ACCOUNT)).toEqual([{ password: 'ten letters or more', currentPassword: 'the old one' }]);
});

test('the current password is asked for only together with a new one', async () => {
  await show(<PasswordForm />);
  expect(field('Current password').required).toBe(false);
  await type(field('New password'), 'ten letters or more');
  expect(field('Current password').required).toBe(true);
});

test('whoever has no password yet needs no current one', async () => {
  session.value = sessionView({ needsPassword: true });
  await show(<PasswordForm />);
  await type(field('New password'), 'ten letters or more');
  expect(field('Current password').required).toBe(false);
});

test('a refusal stays on the page, and what was typed with it', async () => {
  await openGateway({ [ACCOUNT]: refuse('not-allowed', 'The current password is not this one.', 403) });
  await show(<PasswordForm />);
  await type(field('Current password'), 'a guess');
  await type(field('New password'), 'ten letters or more');
  await press(button('Save'));
  await eventually(() => expect(pageText()).toContain('The current password is not this one.'));
  expect(field('New password').value).toBe('ten letters or more');
});
