// @vitest-environment happy-dom
import { beforeEach, describe, expect, test } from 'vitest';
import type { UserView } from '../../../shared/api.ts';
import { store } from '../dashboard/live.ts';
import { session } from '../dashboard/session.ts';
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
  type,
} from '../testing/page.ts';
import { cameraView, done, openGateway, type Routes, refuse, sessionView } from '../testing/small-gateway.ts';
import { Users } from './users.tsx';

const NOTHING = { links: 0, tokens: 0 };
const ADA: UserView = {
  id: 'u1',
  name: 'ada',
  role: 'admin',
  cameras: 'all',
  createdAt: 1,
  hasPassword: true,
  made: NOTHING,
};
const GUARD: UserView = {
  id: 'u2',
  name: 'guard',
  role: 'viewer',
  cameras: ['yard'],
  createdAt: 2,
  hasPassword: false,
  made: NOTHING,
};

beforeEach(() => {
  session.value = sessionView({ name: 'ada' });
  store.replace([cameraView('yard'), cameraView('hall')]);
});

async function showUsers(routes: Routes = {}) {
  const gateway = await openGateway({ 'GET /api/users': [ADA, GUARD], ...routes });
  await show(<Users />);
  await eventually(() => expect(pageText()).toContain('guard'));
  return gateway;
}

function edit(at: number): Promise<void> {
  const found = findAll('button', 'Edit')[at];
  if (!found) throw new Error(`there is no person number ${at}`);
  return press(found);
}

describe('the list of people', () => {
  test('says what each may, and who has no password yet', async () => {
    await showUsers();
    const [ada, guard] = [...document.querySelectorAll('li.row')].map((row) => row.textContent);
    expect(ada).toContain('Administrator · All cameras');
    expect(ada).toContain('You');
    expect(guard).toContain('Viewer · 1 camera');
    expect(guard).toContain('No password yet');
  });

  test('nobody removes themselves', async () => {
    await showUsers();
    expect(findAll('button', 'Remove ada')).toHaveLength(0);
    expect(findAll('button', 'Remove guard')).toHaveLength(1);
  });

  test('a list that cannot be read is said aloud', async () => {
    await openGateway({ 'GET /api/users': refuse('not-allowed', 'Only administrators see people.', 403) });
    await show(<Users />);
    await eventually(() => expect(messages()).toContain('Only administrators see people.'));
  });
});

describe('adding a person', () => {
  test('sends name, role, rights and password, and reads the list again', async () => {
    const gateway = await showUsers({ 'POST /api/users': { ...GUARD, id: 'u3', name: 'nora' } });
    await press(button('Add person'));
    await type(field('Name'), 'nora');
    await choose(choice('Role'), 'operator');
    await type(field('Password'), 'ten letters or more');
    await press(button('Save'));
    await eventually(() => expect(messages()).toContain('nora saved.'));
    expect(gateway.bodies('POST /api/users')).toEqual([
      { name: 'nora', role: 'operator', cameras: 'all', password: 'ten letters or more' },
    ]);
    expect(gateway.bodies('GET /api/users')).toHaveLength(2);
    await eventually(() => expect(document.querySelector('dialog')).toBeNull());
  });

  test('each role says what it may', async () => {
    await showUsers();
    await press(button('Add person'));
    expect(pageText()).toContain('Watches the cameras chosen here');
    await choose(choice('Role'), 'admin');
    expect(pageText()).toContain('Everything, including cameras and people');
  });

  test('a password that is too short is not sent', async () => {
    const gateway = await showUsers();
    await press(button('Add person'));
    await type(field('Name'), 'nora');
    expect(field('Password').minLength).toBe(10);
    expect(field('Password').required).toBe(true);
    await press(button('Save'));
    await press(button('Cancel'));
    expect(gateway.bodies('POST /api/users')).toEqual([]);
  });

  test('a refusal stays in the dialog', async () => {
    await showUsers({ 'POST /api/users': refuse('already-exists', 'There is a person of this name.') });
    await press(button('Add person'));
    await type(field('Name'), 'ada');
    await type(field('Password'), 'ten letters or more');
    await press(button('Save'));
    await eventually(() => expect(pageText()).toContain('There is a person of this name.'));
    expect(find('dialog h2', 'Add person')).toBeTruthy();
  });
});

describe('changing a person', () => {
  test('only what differs is sent, because other rights sign the person out', async () => {
    const gateway = await showUsers({ 'PATCH /api/users/u2': { ...GUARD, role: 'operator' } });
    await edit(1);
    expect(pageText()).toContain('Other rights or another password sign this person out everywhere.');
    await choose(choice('Role'), 'operator');
    await press(button('Save'));
    await eventually(() => expect(gateway.bodies('PATCH /api/users/u2')).toEqual([{ role: 'operator' }]));
  });

  test('the cameras are ticked one by one', async () => {
    const gateway = await showUsers({ 'PATCH /api/users/u2': GUARD });
    await edit(1);
    expect([field('All cameras').checked, field('Yard').checked, field('Hall').checked]).toEqual([false, true, false]);
    await press(field('Hall'));
    await press(field('Yard'));
    await press(button('Save'));
    await eventually(() => expect(gateway.bodies('PATCH /api/users/u2')).toEqual([{ cameras: ['hall'] }]));
  });

  test('all cameras is a right of its own: it holds for cameras that come later', async () => {
    const gateway = await showUsers({ 'PATCH /api/users/u2': GUARD });
    await edit(1);
    await press(field('All cameras'));
    expect(findAll('input', 'Yard')).toHaveLength(0);
    await press(button('Save'));
    await eventually(() => expect(gateway.bodies('PATCH /api/users/u2')).toEqual([{ cameras: 'all' }]));
  });
});

describe('removing a person', () => {
  test('is asked first and told afterwards', async () => {
    const gateway = await showUsers({ 'DELETE /api/users/u2': done() });
    await press(button('Remove guard'));
    expect(pageText()).toContain('Remove guard?');
    expect(gateway.bodies('DELETE /api/users/u2')).toEqual([]);
    await press(find('dialog .dialog-foot button', 'Remove'));
    await eventually(() => expect(messages()).toContain('guard removed.'));
    expect(gateway.bodies('DELETE /api/users/u2')).toHaveLength(1);
  });

  test('what the person made ends, or goes to somebody who could have made it', async () => {
    const made = { links: 2, tokens: 1 };
    const boss: UserView = { ...GUARD, id: 'u3', name: 'boss', role: 'operator', cameras: 'all' };
    const gateway = await showUsers({
      'GET /api/users': [ADA, { ...GUARD, made }, boss],
      'DELETE /api/users/u2?handTo=u1': done(),
    });
    await press(button('Remove guard'));
    const heirs = choice('What this person made: 2 links, 1 token');
    expect([...heirs.options].map(({ text }) => text)).toEqual(['Ends as well', 'Goes to ada']);
    await choose(heirs, 'u1');
    await press(find('dialog .dialog-foot button', 'Remove'));
    await eventually(() => expect(gateway.bodies('DELETE /api/users/u2?handTo=u1')).toHaveLength(1));
  });

  test('a cancelled question removes nobody', async () => {
    const gateway = await showUsers();
    await press(button('Remove guard'));
    await press(button('Cancel'));
    expect(document.querySelector('dialog')).toBeNull();
    expect(gateway.asked.every(({ method }) => method === 'GET')).toBe(true);
  });
});
