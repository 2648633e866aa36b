// @vitest-environment happy-dom
import { useSignal } from '@preact/signals';
import { expect, test } from 'vitest';
import { find, press, pressKey, show } from '../testing/page.ts';
import { Tabs } from './tabs.tsx';

const NAMES = [
  ['link', 'New link'],
  ['links', 'Links'],
  ['embed', 'Embed'],
] as const;

function Page() {
  const chosen = useSignal<'link' | 'links' | 'embed'>('link');
  return (
    <Tabs
      label="Ways to share"
      tabs={NAMES}
      chosen={chosen.value}
      onChoose={(name) => {
        chosen.value = name;
      }}
    >
      <p>{`what ${chosen.value} shows`}</p>
    </Tabs>
  );
}

const tab = (name: string) => find('[role="tab"]', name);
const panel = () => document.querySelector('[role="tabpanel"]') as HTMLElement;

test('a press shows another view, which is named by its tab', async () => {
  await show(<Page />);
  expect(panel().textContent).toBe('what link shows');
  await press(tab('Embed'));
  expect(panel().textContent).toBe('what embed shows');
  expect(document.getElementById(panel().getAttribute('aria-labelledby') ?? '')).toBe(tab('Embed'));
});

test('only the chosen tab is reached with Tab; arrows go round and take the focus along', async () => {
  await show(<Page />);
  const reached = () => NAMES.map(([, words]) => tab(words).tabIndex);
  expect(reached()).toEqual([0, -1, -1]);
  tab('New link').focus();
  await pressKey('ArrowLeft');
  expect([document.activeElement, panel().textContent]).toEqual([tab('Embed'), 'what embed shows']);
  expect(reached()).toEqual([-1, -1, 0]);
  await pressKey('ArrowRight');
  expect(document.activeElement).toBe(tab('New link'));
});

test('other keys belong to the browser', async () => {
  await show(<Page />);
  tab('New link').focus();
  const down = new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true, cancelable: true });
  tab('New link').dispatchEvent(down);
  expect([down.defaultPrevented, panel().textContent]).toEqual([false, 'what link shows']);
});
