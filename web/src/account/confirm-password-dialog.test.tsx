// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { PageDialogs } from '../app/page-dialogs.tsx';
import { ask } from '../gateway/request.ts';
import { button, eventually, field, pageText, press, show, type } from '../testing/page.ts';
import { openGateway, refuse } from '../testing/small-gateway.ts';

const CONFIRM = 'POST /api/session/confirm';
const TOKENS = 'POST /api/tokens';
const ASKED = refuse('confirm-password', 'You signed in a while ago. Enter your password again.', 403);
const QUESTION = 'Enter your password again.';

/** Asks for a token at a browser whose person then is asked for the password. */
async function makeToken(): Promise<{ readonly outcome: Promise<unknown> }> {
  await show(<PageDialogs />);
  const outcome = ask('POST', '/api/tokens', { body: { name: 'nvr' } }).catch(({ code }: { code: string }) => code);
  await eventually(() => expect(pageText()).toContain(QUESTION));
  return { outcome };
}

test('once the password is given the request goes out again, and its maker notices nothing', async () => {
  let isConfirmed = false;
  const confirm = ({ body }: { readonly body: unknown }): unknown => {
    isConfirmed = (body as { password: string }).password === 'right';
    return isConfirmed ? {} : refuse('not-allowed', 'The current password is wrong.', 403);
  };
  const gateway = await openGateway({ [TOKENS]: () => (isConfirmed ? { token: 'new' } : ASKED), [CONFIRM]: confirm });
  const { outcome } = await makeToken();
  await type(field('Password'), 'wrong');
  await press(button('Confirm'));
  await eventually(() => expect(pageText()).toContain('The current password is wrong.'));
  await type(field('Password'), 'right');
  await press(button('Confirm'));
  expect(await outcome).toEqual({ token: 'new' });
  expect(gateway.bodies(TOKENS)).toEqual([{ name: 'nvr' }, { name: 'nvr' }]);
  await eventually(() => expect(pageText()).not.toContain(QUESTION));
});

test('whoever does not give it is told that nothing was done', async () => {
  const gateway = await openGateway({ [TOKENS]: ASKED });
  const { outcome } = await makeToken();
  await press(button('Cancel'));
  expect(await outcome).toBe('confirm-password');
  expect(gateway.bodies(TOKENS)).toHaveLength(1);
});
