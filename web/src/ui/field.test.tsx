// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { button, choice, choose, eventually, field, messages, press, show, type } from '../testing/page.ts';
import { CopyField } from './copy-field.tsx';
import { CheckField, SelectField, TextField } from './field.tsx';

const ignore = () => undefined;

test('what is typed into a password field can be looked at', async () => {
  await show(<TextField label="Password" type="password" value="secret" onInput={() => undefined} />);
  expect(field('Password').type).toBe('password');
  await press(button('Show what is typed'));
  expect(field('Password').type).toBe('text');
  await press(button('Hide what is typed'));
  expect(field('Password').type).toBe('password');
});

test('hint and complaint belong to the field, and the complaint is spoken', async () => {
  await show(
    <TextField label="Address" value="" hint="Where it is." error="An address has no spaces." onInput={ignore} />,
  );
  const described = (field('Address').getAttribute('aria-describedby') ?? '').split(' ').map((id) => {
    const element = document.getElementById(id);
    return [element?.textContent, element?.getAttribute('role')];
  });
  expect(described).toEqual([
    ['Where it is.', null],
    ['An address has no spaces.', 'alert'],
  ]);
  expect(field('Address').getAttribute('aria-invalid')).toBe('true');
});

test('a field without hint and complaint points to nothing', async () => {
  await show(<TextField label="Address" value="" onInput={ignore} />);
  expect(field('Address').hasAttribute('aria-describedby')).toBe(false);
  expect(field('Address').hasAttribute('aria-invalid')).toBe(false);
});

test('two fields of the same label keep their own ids', async () => {
  await show(
    <>
      <TextField label="From" value="a" onInput={ignore} />
      <TextField label="To" value="b" onInput={ignore} />
    </>,
  );
  expect(field('From').id).not.toBe(field('To').id);
  expect([field('From').value, field('To').value]).toEqual(['a', 'b']);
});

test('what is typed is told as it is typed', async () => {
  const typed: string[] = [];
  await show(<TextField label="Name" value="" onInput={(value) => typed.push(value)} />);
  await type(field('Name'), 'Y');
  await type(field('Name'), 'Yard');
  expect(typed).toEqual(['Y', 'Yard']);
});

test('a field that asks for it has the focus at once', async () => {
  await show(
    <>
      <TextField label="First" value="" onInput={ignore} />
      <TextField label="Second" value="" autoFocus onInput={ignore} />
    </>,
  );
  expect(document.activeElement).toBe(field('Second'));
});

test('names and addresses are not capitalised or filled in', async () => {
  await show(<TextField label="Address" value="" onInput={ignore} />);
  const said = ['autocapitalize', 'autocomplete'].map((name) => field('Address').getAttribute(name));
  expect(said).toEqual(['none', 'off']);
});

test('a choice tells only what it offers', async () => {
  const chosen: string[] = [];
  const options = [
    ['dark', 'Dark'],
    ['light', 'Light'],
  ] as const;
  await show(<SelectField label="Theme" value="dark" options={options} onChange={(value) => chosen.push(value)} />);
  expect([...choice('Theme').options].map(({ text }) => text)).toEqual(['Dark', 'Light']);
  await choose(choice('Theme'), 'light');
  await choose(choice('Theme'), 'purple');
  expect(chosen).toEqual(['light']);
});

test('a box is ticked by its label', async () => {
  const ticked: boolean[] = [];
  await show(<CheckField label="With sound" checked={false} onChange={(on) => ticked.push(on)} />);
  await press(document.querySelector('label') as HTMLElement);
  expect(ticked).toEqual([true]);
});

test('copying says so; without a clipboard the text is selected for the keyboard', async () => {
  await show(<CopyField label="Link" value="https://oriel.example/s/x" />);
  const copyButton = document.querySelector('[aria-label="Copy: Link"]') as HTMLElement;
  await press(copyButton);
  await eventually(() => expect(messages()).toEqual(['Copied.']));
  expect(await navigator.clipboard.readText()).toBe('https://oriel.example/s/x');
  Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });
  await press(copyButton);
  await eventually(() => expect(messages()).toContain('The text is selected: copy it with the keyboard.'));
  const { selectionStart, selectionEnd } = field('Link');
  expect([document.activeElement, selectionStart, selectionEnd]).toEqual([field('Link'), 0, 25]);
});
