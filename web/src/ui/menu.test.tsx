// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { button, findAll, press, pressKey, show } from '../testing/page.ts';
import { Button } from './button.tsx';
import { Menu } from './menu.tsx';

const chosen: string[] = [];

function showMenu() {
  chosen.length = 0;
  return show(
    <>
      <Menu label="Layout" icon="grid">
        <Button onClick={() => chosen.push('one')}>One</Button>
        <Button disabled>Two</Button>
        <Button onClick={() => chosen.push('three')}>Three</Button>
      </Menu>
      <button type="button">Elsewhere</button>
    </>,
  );
}

const isOpen = () => findAll('button', 'One').length === 1;
const focused = () => document.activeElement?.textContent;

test('says whether it is open, and opens and closes at its button', async () => {
  await showMenu();
  const layout = button('Layout');
  expect([layout.getAttribute('aria-expanded'), isOpen()]).toEqual(['false', false]);
  await press(layout);
  expect([layout.getAttribute('aria-expanded'), isOpen()]).toEqual(['true', true]);
  await press(layout);
  expect(isOpen()).toBe(false);
});

test('a choice is made and closes it', async () => {
  await showMenu();
  await press(button('Layout'));
  await press(button('Three'));
  expect([chosen, isOpen()]).toEqual([['three'], false]);
});

test('arrows go round over what can be chosen', async () => {
  await showMenu();
  await press(button('Layout'));
  button('Layout').focus();
  const seen: (string | null | undefined)[] = [];
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp']) {
    await pressKey(key);
    seen.push(focused());
  }
  expect(seen).toEqual(['One', 'Three', 'One', 'Three']);
});

test('the arrow upwards begins at the end', async () => {
  await showMenu();
  await press(button('Layout'));
  button('Layout').focus();
  await pressKey('ArrowUp');
  expect(focused()).toBe('Three');
});

test('Escape closes it and gives the focus back to its button', async () => {
  await showMenu();
  await press(button('Layout'));
  button('Three').focus();
  await pressKey('Escape');
  expect([isOpen(), document.activeElement]).toEqual([false, button('Layout')]);
});

test('the page behind an open menu hears none of its keys', async () => {
  await showMenu();
  const heard: string[] = [];
  const listen = ({ key }: KeyboardEvent) => heard.push(key);
  document.addEventListener('keydown', listen);
  button('Layout').focus();
  await pressKey('m');
  await press(button('Layout'));
  await pressKey('m');
  await pressKey('ArrowDown');
  document.removeEventListener('keydown', listen);
  expect(heard).toEqual(['m']);
});

test('it closes when the person goes elsewhere, by pointer or by keyboard', async () => {
  await showMenu();
  await press(button('Layout'));
  await pressPointer(button('One'));
  expect(isOpen()).toBe(true);
  await pressPointer(button('Elsewhere'));
  expect(isOpen()).toBe(false);
  await press(button('Layout'));
  button('Elsewhere').focus();
  button('Elsewhere').dispatchEvent(new FocusEvent('focusin', { bubbles: true }));
  await pressKey('Tab');
  expect(isOpen()).toBe(false);
});

async function pressPointer(on: HTMLElement): Promise<void> {
  on.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
  // Lets the page be drawn again.
  await pressKey('Shift');
}

test('with a text on it, the button is called by its label and the text', async () => {
  await show(
    <Menu label="Views" text="Night">
      <Button>All cameras</Button>
    </Menu>,
  );
  expect(button('Views: Night').textContent).toBe('Night');
});
