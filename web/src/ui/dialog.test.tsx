// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { toast } from '../page/announce.ts';
import { button, eventually, find, findAll, pageText, press, show } from '../testing/page.ts';
import { Announcements } from './announcements.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { Dialog } from './dialog.tsx';

function dialog(): HTMLDialogElement {
  return document.querySelector('dialog') as HTMLDialogElement;
}

test('a dialog is a modal window with its title as its name', async () => {
  await show(
    <Dialog title="Keys" onClose={() => undefined}>
      what stands in it
    </Dialog>,
  );
  expect(dialog().open).toBe(true);
  const heading = document.getElementById(dialog().getAttribute('aria-labelledby') ?? '');
  expect(heading?.textContent).toBe('Keys');
});

test('its button, Escape and a press beside it close it; a press inside does not', async () => {
  let closed = 0;
  await show(
    <Dialog title="Keys" onClose={() => closed++}>
      <p>inside</p>
    </Dialog>,
  );
  await press(button('Close'));
  expect(closed).toBe(1);
  const cancel = new Event('cancel', { cancelable: true });
  dialog().dispatchEvent(cancel);
  // The page closes it by not rendering it any more; the browser must not close it on its own.
  expect([closed, cancel.defaultPrevented]).toEqual([2, true]);
  find('p', 'inside').dispatchEvent(new MouseEvent('mousedown', { bubbles: true }));
  expect(closed).toBe(2);
  dialog().dispatchEvent(new MouseEvent('mousedown', { bubbles: true }));
  expect(closed).toBe(3);
});

test('the focus goes back to where it was', async () => {
  const page = (open: boolean) => (
    <>
      <button type="button">Share</button>
      {open && (
        <Dialog title="Share" onClose={() => undefined}>
          <button type="button">Make link</button>
        </Dialog>
      )}
    </>
  );
  await show(page(false));
  button('Share').focus();
  await show(page(true));
  button('Make link').focus();
  await show(page(false));
  expect(document.activeElement).toBe(button('Share'));
});

test('messages stand in the dialog while it is open, because the page behind is covered', async () => {
  const page = (open: boolean) => (
    <>
      <Announcements />
      {open && (
        <Dialog title="Share" onClose={() => undefined}>
          inside
        </Dialog>
      )}
    </>
  );
  await show(page(true));
  toast('Copied.');
  await eventually(() => expect(document.querySelector('dialog .toast')?.textContent).toBe('Copied.'));
  expect(document.querySelectorAll('.toast')).toHaveLength(1);
  await show(page(false));
  await eventually(() => expect(document.querySelector('.toasts .toast')?.textContent).toBe('Copied.'));
});

test('a question does its action once and closes', async () => {
  const done: string[] = [];
  let finish = () => {};
  const working = new Promise<void>((resolve) => {
    finish = resolve;
  });
  await show(
    <ConfirmDialog
      title="Remove Yard?"
      question="Ends every view of it."
      action="Remove"
      onConfirm={() => {
        done.push('removed');
        return working;
      }}
      onClose={() => done.push('closed')}
    />,
  );
  expect(pageText()).toContain('Ends every view of it.');
  await press(button('Remove'));
  expect(button('Remove').disabled).toBe(true);
  await press(button('Remove'));
  finish();
  await eventually(() => expect(done).toEqual(['removed', 'closed']));
});

test('what went wrong stays in the question, and it can be tried again', async () => {
  let tries = 0;
  let closed = false;
  await show(
    <ConfirmDialog
      title="Remove Yard?"
      question="Ends every view of it."
      action="Remove"
      onConfirm={async () => {
        tries++;
        if (tries === 1) throw new Error('The gateway is stopping.');
      }}
      onClose={() => {
        closed = true;
      }}
    />,
  );
  await press(button('Remove'));
  await eventually(() => expect(pageText()).toContain('The gateway is stopping.'));
  expect(closed).toBe(false);
  await press(button('Remove'));
  await eventually(() => expect(closed).toBe(true));
  expect(findAll('[role="alert"]', 'The gateway is stopping.')).toHaveLength(0);
});
