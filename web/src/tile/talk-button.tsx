import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { toastError } from '../page/announce.ts';
import type { Player } from '../player/player.ts';
import { playerTexts } from '../texts/en/player.ts';
import { tileTexts } from '../texts/en/tile.ts';
import { Icon } from '../ui/icon.tsx';

type TalkButtonProps = {
  readonly player: Player | undefined;
  readonly tabIndex?: number;
  /** On the camera page there is room for words. */
  readonly wide?: boolean;
};

/** The line to the camera's loudspeaker is open while the button is held, by finger, mouse or space bar. */
export function TalkButton({ player, tabIndex, wide = false }: TalkButtonProps) {
  const talking = useSignal(false);
  const set = (on: boolean) => {
    if (!player || talking.value === on) return;
    talking.value = on;
    player.talk(on).catch((error: unknown) => {
      talking.value = false;
      toastError(error);
    });
  };
  useEffect(() => () => void player?.talk(false).catch(() => undefined), [player]);
  return (
    <button
      type="button"
      class={wide ? 'button talk' : 'button button-icon talk'}
      aria-pressed={talking.value}
      aria-label={playerTexts.controls.talk}
      title={playerTexts.controls.talk}
      tabIndex={tabIndex}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        set(true);
      }}
      onPointerUp={() => set(false)}
      onPointerCancel={() => set(false)}
      onBlur={() => set(false)}
      onKeyDown={(event) => {
        if (event.key !== ' ' && event.key !== 'Enter') return;
        event.preventDefault();
        set(true);
      }}
      onKeyUp={() => set(false)}
    >
      <Icon name="talk" />
      {wide && <span>{talking.value ? tileTexts.talking : playerTexts.controls.talk}</span>}
    </button>
  );
}
