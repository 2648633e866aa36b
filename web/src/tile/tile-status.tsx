import type { ReadonlySignal } from '@preact/signals';
import { formatExact, now } from '../page/time.ts';
import { stillAgeText } from '../player/decision/still-age.ts';
import { playerTexts } from '../texts/en/player.ts';
import { tileTexts } from '../texts/en/tile.ts';
import { Button } from '../ui/button.tsx';
import type { TileAction, TileState } from './tile-state.ts';

const ACTION_TEXTS: Record<TileAction, string> = {
  'try-now': playerTexts.controls.retry,
  'change-password': tileTexts.changePassword,
  'change-address': tileTexts.changeAddress,
};

/** The mark in the corner has a colour and, for people who cannot tell colours apart, a shape and a word. */
export function TileMarkView({ state, facts }: { readonly state: TileState; readonly facts: ReadonlySignal<string> }) {
  const word = tileTexts.marks[state.mark];
  return (
    <span class={`tile-mark tile-mark-${state.mark}`} title={facts.value ? `${word} · ${facts.value}` : word}>
      <span class="tile-dot" />
      {state.mark !== 'live' && state.mark !== 'starting' && <span class="tile-word">{word}</span>}
    </span>
  );
}

/** A picture that stands there for want of a live one says how old it is. */
export function StillAge({ takenMs: { value } }: { readonly takenMs: ReadonlySignal<number | undefined> }) {
  if (value === undefined) return null;
  return (
    <span class="tile-still-age numbers" title={formatExact(value)}>
      {stillAgeText(value, now.value)}
    </span>
  );
}

type TileMessageProps = {
  readonly state: TileState;
  /** Undefined when this person may not do it. */
  readonly onAction: ((action: TileAction) => void) | undefined;
  readonly tabIndex: number;
};

/** The sentence over the picture, and what a person can do about it. */
export function TileMessage({ state, onAction, tabIndex }: TileMessageProps) {
  const { message, action, exactMs } = state;
  if (message === undefined) return null;
  return (
    <div class="tile-message">
      <p title={exactMs === undefined ? message : `${message} (${formatExact(exactMs)})`}>{message}</p>
      {action && onAction && (
        <Button small class="tile-action" tabIndex={tabIndex} onClick={() => onAction(action)}>
          {ACTION_TEXTS[action]}
        </Button>
      )}
    </div>
  );
}
