// @vitest-environment happy-dom
import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import { session } from '../dashboard/session.ts';
import { openedDialog } from '../page/page-dialog.ts';
import { button, eventually, find, findAll, messages, press, show } from '../testing/page.ts';
import { sessionView } from '../testing/small-gateway.ts';
import { StillPlayer } from '../testing/still-player.ts';
import { performTileAction } from './perform-tile-action.ts';
import { TalkButton } from './talk-button.tsx';
import { TileControls } from './tile-controls.tsx';
import type { TileState } from './tile-state.ts';
import { TileMarkView, TileMessage } from './tile-status.tsx';

type Part = Partial<Parameters<typeof TileControls>[0]>;

function showControls(player: StillPlayer, part: Part = {}) {
  return show(
    <TileControls
      camera="yard"
      name="Yard"
      player={player}
      muted={player.muted}
      onMute={() => player.setMuted(!player.muted)}
      canTalk={false}
      onShare={undefined}
      tabIndex={0}
      {...part}
    />,
  );
}

const names = () =>
  [...document.querySelectorAll('[role="toolbar"] > *')].map((item) => item.getAttribute('aria-label'));

test('offer what this person can do with this camera, and no more', async () => {
  const player = new StillPlayer();
  player.hasAudio = false;
  await showControls(player);
  expect(names()).toEqual(['Save a snapshot', 'Full screen']);
  player.hasAudio = true;
  await showControls(player, { canTalk: true, onShare: () => undefined, linked: true });
  expect(names()).toEqual(['Unmute', 'Hold to talk', 'Save a snapshot', 'Share', 'Camera page', 'Full screen']);
  expect(find('[role="toolbar"]', 'Controls of Yard')).toBeTruthy();
});

test('the sound button says what a press will do', async () => {
  const player = new StillPlayer();
  await showControls(player);
  await press(button('Unmute'));
  expect(player.asked).toEqual(['unmute']);
  await showControls(player);
  expect(button('Mute')).toBeTruthy();
});

test('a snapshot becomes a file, and is said to be saved', async () => {
  await showControls(new StillPlayer());
  await press(button('Save a snapshot'));
  await eventually(() => expect(messages()).toEqual(['Snapshot of Yard saved.']));
});

test('a snapshot without a picture says so', async () => {
  const player = new StillPlayer();
  player.snapshot = () => Promise.reject(new Error('There is no picture to keep yet.'));
  await showControls(player);
  await press(button('Save a snapshot'));
  await eventually(() => expect(messages()).toEqual(['There is no picture to keep yet.']));
});

test('their keys are those that the grid listens to', async () => {
  await showControls(new StillPlayer());
  const keys = ['Unmute', 'Save a snapshot', 'Full screen'].map((name) =>
    button(name).getAttribute('aria-keyshortcuts'),
  );
  expect(keys).toEqual(['m', 's', 'f']);
});

async function hold(type: string, key?: string): Promise<void> {
  const event =
    key === undefined ? new PointerEvent(type, { bubbles: true }) : new KeyboardEvent(type, { key, bubbles: true });
  const talk = button('Hold to talk');
  talk.setPointerCapture = () => undefined;
  talk.dispatchEvent(event);
  await eventually(() => undefined);
}

test('the line is open while the button is held, by pointer or by space bar', async () => {
  const player = new StillPlayer();
  await show(<TalkButton player={player} />);
  await hold('pointerdown');
  await eventually(() => expect(button('Hold to talk').getAttribute('aria-pressed')).toBe('true'));
  await hold('pointerup');
  await hold('keydown', ' ');
  await hold('keydown', ' ');
  await hold('keyup', ' ');
  await hold('keydown', 'x');
  expect(player.asked).toEqual(['talk', 'hang up', 'talk', 'hang up']);
});

test('a line that does not open says why, and the button comes up', async () => {
  const player = new StillPlayer();
  player.talkRefused = new Error('Somebody else is talking.');
  await show(<TalkButton player={player} wide />);
  await hold('pointerdown');
  await eventually(() => expect(messages()).toEqual(['Somebody else is talking.']));
  await eventually(() => expect(button('Hold to talk').getAttribute('aria-pressed')).toBe('false'));
});

const OFFLINE: TileState = {
  mark: 'offline',
  message: 'Offline since 14:02.',
  exactMs: new Date(2026, 10, 21, 14, 2).getTime(),
  action: 'change-password',
};

test('what is wrong is a sentence with its exact time, and a button to the right field', async () => {
  const done: string[] = [];
  await show(<TileMessage state={OFFLINE} onAction={(action) => done.push(action)} tabIndex={0} />);
  expect(document.querySelector('p')?.title).toMatch(/^Offline since 14:02\. \(.*2026.*\)$/);
  await press(button('Change password'));
  expect(done).toEqual(['change-password']);
});

test('whoever may do nothing about it has no button; a live picture has no words', async () => {
  await show(<TileMessage state={OFFLINE} onAction={undefined} tabIndex={0} />);
  expect(findAll('button', 'Change password')).toHaveLength(0);
  const live = { ...OFFLINE, mark: 'live', message: undefined } as const;
  const page = await show(<TileMessage state={live} onAction={undefined} tabIndex={0} />);
  expect(page.textContent).toBe('');
});

test.each([
  ['live', '', 'Live · 0.1 s old'],
  ['frozen', 'Frozen', 'Frozen · 0.1 s old'],
  ['offline', 'Offline', 'Offline · 0.1 s old'],
  ['off', 'Off', 'Off · 0.1 s old'],
] as const)('the mark of %s says "%s" for everyone who cannot tell colours apart', async (mark, word, title) => {
  await show(<TileMarkView state={{ ...OFFLINE, mark }} facts={signal('0.1 s old')} />);
  const shown = document.querySelector<HTMLElement>('.tile-mark');
  expect([shown?.textContent, shown?.title]).toEqual([word, title]);
});

test('a button on a tile leads to the field, or for whoever may not change it asks the camera again', () => {
  const player = new StillPlayer();
  session.value = sessionView();
  performTileAction('yard', 'change-password', player);
  expect(openedDialog.value).toEqual({ kind: 'edit-camera', camera: 'yard', field: 'password' });
  performTileAction('yard', 'change-address', player);
  expect(openedDialog.value).toEqual({ kind: 'edit-camera', camera: 'yard', field: 'url' });
  session.value = sessionView({ may: ['view'] });
  performTileAction('yard', 'change-password', player);
  performTileAction('yard', 'try-now', player);
  expect(player.asked).toEqual(['retry', 'retry']);
});
