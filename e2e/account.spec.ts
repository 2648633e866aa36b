import { execFileSync } from 'node:child_process';
import { expect, type Page, test } from '@playwright/test';
import { openDashboard, screenshot } from './dashboard.ts';
import { type Gateway, startGateway } from './gateway.ts';

const OWNER = { name: 'Anna', password: 'a long enough password' };
const GUARD = { name: 'Guard', password: 'another long password' };

// Each journey goes on where the one before it ended.
test.describe.configure({ mode: 'serial' });

let gateway: Gateway;
let owner: Page;

test.beforeAll(async ({ browser }) => {
  gateway = await startGateway();
  owner = await browser.newPage();
});
test.afterAll(async () => {
  await owner.close();
  await gateway.stop();
});

async function signIn(page: Page, { name, password }: typeof OWNER): Promise<void> {
  await page.goto(gateway.url);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('whoever came by the link chooses a name and password, and comes back with them', async () => {
  await openDashboard(owner, gateway);
  await owner.getByRole('button', { name: 'Choose a password' }).click();
  await owner.getByLabel('Name').fill(OWNER.name);
  await owner.getByLabel('New password').fill(OWNER.password);
  await owner.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(owner.getByText('From now on, sign in with this name and password.')).toBeVisible();
  await expect(owner.locator('[data-camera]')).toHaveCount(5);

  await owner.getByRole('button', { name: 'Account and pages' }).click();
  await owner.getByRole('button', { name: 'Sign out' }).click();
  await signIn(owner, { ...OWNER, password: 'not the password' });
  await expect(owner.getByRole('alert')).toBeVisible();
  await screenshot(owner, 'sign-in-refused');
  await signIn(owner, OWNER);
  await expect(owner.locator('[data-camera]')).toHaveCount(5);
});

test('a viewer of two cameras sees those two, and no page that is not theirs', async ({ browser }) => {
  await owner.goto(`${gateway.url}/people`);
  await owner.getByRole('button', { name: 'Add person' }).click();
  const dialog = owner.getByRole('dialog', { name: 'Add person' });
  await dialog.getByLabel('Name').fill(GUARD.name);
  await dialog.getByText('All cameras').click();
  for (const other of ['Driveway', 'Boathouse']) await dialog.getByLabel(other).uncheck();
  await dialog.getByLabel('Garden').uncheck();
  await dialog.getByLabel('Password').fill(GUARD.password);
  await screenshot(owner, 'add-person');
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(owner.getByText('Viewer · 2 cameras')).toBeVisible();

  const guard = await (await browser.newContext()).newPage();
  await signIn(guard, GUARD);
  await expect(guard.locator('[data-camera]')).toHaveCount(2);
  await expect(guard.getByRole('button', { name: 'Add camera' })).toHaveCount(0);
  await guard.getByRole('button', { name: 'Account and pages' }).click();
  await expect(guard.getByRole('button', { name: 'People and access' })).toHaveCount(0);
  await screenshot(guard, 'viewer-grid');

  await test.step('removed, the person is signed out at once', async () => {
    await owner.getByRole('button', { name: `Remove ${GUARD.name}` }).click();
    await owner.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await expect(guard.getByRole('button', { name: 'Sign in' })).toBeVisible({ timeout: 3000 });
  });
  await guard.context().close();
});

test('removed on the command line, a person is signed out of the running gateway', async ({ browser }) => {
  const oriel = (...args: string[]) =>
    execFileSync(process.execPath, ['dist/server/main.js', 'user', ...args, '--data', gateway.data], {
      input: `${GUARD.password}\n`,
    });
  oriel('add', GUARD.name);
  const guard = await (await browser.newContext()).newPage();
  await signIn(guard, GUARD);
  await expect(guard.locator('[data-camera]')).toHaveCount(5);
  oriel('remove', GUARD.name);
  await expect(guard.getByRole('button', { name: 'Sign in' })).toBeVisible({ timeout: 3000 });
  await expect(guard.getByText('Your account was removed.')).toBeVisible();
  await guard.context().close();
});

test('another browser is signed out from here', async ({ browser }) => {
  const other = await (await browser.newContext()).newPage();
  await signIn(other, OWNER);
  await expect(other.locator('[data-camera]')).toHaveCount(5);
  await owner.goto(`${gateway.url}/account`);
  await expect(owner.getByText('This browser')).toBeVisible();
  await screenshot(owner, 'my-account');
  await owner.getByRole('button', { name: 'Sign out' }).first().click();
  await expect(other.getByRole('button', { name: 'Sign in' })).toBeVisible({ timeout: 3000 });
  await other.context().close();
});

test('a token opens the API for a program until it is taken back', async () => {
  await owner.goto(`${gateway.url}/people`);
  await owner.getByRole('button', { name: 'Make token' }).click();
  const dialog = owner.getByRole('dialog', { name: 'Make token' });
  await dialog.getByLabel('Name').fill('home-assistant');
  await dialog.getByRole('button', { name: 'Make token' }).click();
  const token = await dialog.getByLabel('Token', { exact: true }).inputValue();
  await screenshot(owner, 'token');
  await owner.keyboard.press('Escape');
  const status = async () =>
    (await fetch(`${gateway.url}/api/cameras`, { headers: { authorization: `Bearer ${token}` } })).status;
  expect(await status()).toBe(200);
  await owner.getByRole('listitem').filter({ hasText: 'home-assistant' }).getByRole('button').click();
  await expect.poll(status).toBe(401);
});

test('views are kept with the account and come back on another device', async ({ browser }) => {
  await owner.goto(gateway.url);
  await owner.getByRole('searchbox').fill('ar');
  await expect(owner.locator('[data-camera]')).toHaveCount(3);
  await owner.getByRole('button', { name: /^Views/ }).click();
  await owner.getByRole('button', { name: 'Save this view' }).click();
  await owner.getByLabel('Name of the view').fill('With “ar”');
  await owner.getByRole('button', { name: 'Save', exact: true }).click();

  const phone = await (await browser.newContext({ viewport: { width: 360, height: 740 } })).newPage();
  await signIn(phone, OWNER);
  await phone.getByRole('button', { name: /^Views/ }).click();
  await screenshot(phone, 'views-phone');
  await phone.getByRole('button', { name: 'With “ar”', exact: true }).click();
  await expect(phone.locator('[data-camera]')).toHaveCount(3);
  await screenshot(phone, 'grid-phone');
  await phone.context().close();
});
