// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { announce, toast, toastError } from '../page/announce.ts';
import { find, findAll, messages, pageText, press, show } from '../testing/page.ts';
import { Announcements } from './announcements.tsx';
import { Lazy } from './lazy.tsx';

test('messages are shown and spoken; more than three at once push the oldest away', async () => {
  await show(<Announcements />);
  for (const text of ['one', 'two', 'three', 'four']) toast(text);
  await show(<Announcements />);
  expect(messages()).toEqual(['two', 'three', 'four']);
  expect(find('[role="log"]', 'Messages').getAttribute('aria-live')).toBe('polite');
});

test('a message can be put away before its time', async () => {
  toast('one');
  toastError(new Error('The gateway is stopping.'));
  await show(<Announcements />);
  expect(document.querySelector('.toast-danger')?.textContent).toBe('The gateway is stopping.');
  await press(findAll('button', 'Dismiss')[1] as HTMLElement);
  expect(messages()).toEqual(['one']);
});

test('what the eye sees by itself is only spoken', async () => {
  announce('Yard went offline.');
  await show(<Announcements />);
  expect(document.querySelector('[role="status"]')?.textContent).toBe('Yard went offline.');
  expect(messages()).toEqual([]);
});

test('a part of the page comes when it is there, and says when it cannot', async () => {
  const Part = ({ name }: { readonly name: string }) => <p>{`part of ${name}`}</p>;
  const load = () => Promise.resolve(Part);
  await show(<Lazy load={load} props={{ name: 'Yard' }} />);
  await show(<Lazy load={load} props={{ name: 'Yard' }} />);
  expect(pageText()).toContain('part of Yard');
  const fail = () => Promise.reject(new Error('404'));
  await show(<Lazy key="other" load={fail} props={{}} />);
  expect(messages()[0]).toContain('This part of the page could not be loaded.');
});
