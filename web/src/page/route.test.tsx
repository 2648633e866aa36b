// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest';
import { find, show } from '../testing/page.ts';
import { goTo } from '../testing/small-gateway.ts';
import { followLink, navigate, path, query, withQuery } from './route.ts';
import { applyTheme, chooseTheme } from './theme.ts';

beforeEach(() => {
  goTo('http://oriel.example/');
  navigate('/');
});

test('an address is its path and its query', () => {
  navigate('/cameras/yard?open=gate&kiosk');
  expect([path.value, query.value.get('open'), query.value.has('kiosk')]).toEqual(['/cameras/yard', 'gate', true]);
  expect(location.pathname).toBe('/cameras/yard');
});

test('the same page with another query keeps the rest of it', () => {
  navigate('/?view=Night&open=yard');
  expect(withQuery({ open: 'gate' })).toBe('/?view=Night&open=gate');
  expect(withQuery({ open: undefined })).toBe('/?view=Night');
  expect(withQuery({ open: undefined, view: undefined })).toBe('/');
  expect(withQuery({ name: 'A & B' })).toBe('/?view=Night&open=yard&name=A+%26+B');
});

test('the browser’s way back is followed', () => {
  navigate('/audit');
  goTo('http://oriel.example/people?tab=tokens');
  dispatchEvent(new PopStateEvent('popstate'));
  expect([path.value, query.value.get('tab')]).toEqual(['/people', 'tokens']);
});

test('a page that replaces another leaves no entry in the history', () => {
  const before = history.length;
  navigate('/audit', { replace: true });
  expect([history.length, path.value]).toEqual([before, '/audit']);
  navigate('/people');
  expect(history.length).toBe(before + 1);
});

async function click(init: MouseEventInit): Promise<boolean> {
  let ours = false;
  await show(
    <a href="/people?tab=1" onClick={followLink}>
      People
    </a>,
  );
  const event = new MouseEvent('click', { bubbles: true, cancelable: true, ...init });
  find('a', 'People').addEventListener('click', (clicked) => {
    // Nothing is loaded here, whoever follows the link.
    if (!clicked.defaultPrevented) clicked.preventDefault();
    else ours = true;
  });
  find('a', 'People').dispatchEvent(event);
  return ours;
}

test('a link of ours opens without loading a page', async () => {
  expect(await click({ button: 0 })).toBe(true);
  expect([path.value, query.value.get('tab')]).toEqual(['/people', '1']);
});

test.each([{ button: 1 }, { ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { altKey: true }])(
  'a person who wants a new tab gets it: %j',
  async (init) => {
    expect(await click(init)).toBe(false);
    expect(path.value).toBe('/');
  },
);

test('the theme is that of the system until a person chooses; that one stays in this browser', () => {
  applyTheme();
  const isLight = matchMedia('(prefers-color-scheme: light)').matches;
  expect(document.documentElement.dataset.theme).toBe(isLight ? 'light' : 'dark');
  chooseTheme('dark');
  expect(document.documentElement.dataset.theme).toBe('dark');
  chooseTheme('light');
  expect([document.documentElement.dataset.theme, localStorage.getItem('oriel-theme')]).toEqual(['light', 'light']);
});
