import { type ReadonlySignal, useComputed, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { CameraView, Quality } from '../../../shared/camera.ts';
import type { Player } from '../player/player.ts';
import type { Signalling } from '../player/signalling/signalling.ts';
import type { PageConnections } from '../player/webrtc/page-connections.ts';
import { tileTexts } from '../texts/en/tile.ts';
import { TileControls } from './tile-controls.tsx';
import { useTileFacts } from './tile-facts.ts';
import type { TileAction } from './tile-state.ts';
import { StillAge, TileMarkView, TileMessage } from './tile-status.tsx';
import { useLastStill } from './use-last-still.ts';
import { usePlayer } from './use-player.ts';
import { useTileState } from './use-tile-state.ts';

export type TileProps = {
  readonly camera: string;
  readonly name: string;
  /** With the live state where the page has it; share pages know less. */
  readonly view: ReadonlySignal<CameraView> | undefined;
  readonly signalling: Signalling;
  /** The connections that the page's tiles share. */
  readonly page: PageConnections;
  readonly token?: string | undefined;
  readonly quality: Quality | 'auto';
  readonly visible: boolean;
  /** Only the tile that the keys act on is reached with Tab. */
  readonly active: boolean;
  readonly opened: boolean;
  readonly canTalk?: boolean;
  readonly linked?: boolean;
  readonly onOpen?: (() => void) | undefined;
  readonly onShare?: (() => void) | undefined;
  readonly onFullScreen?: (() => void) | undefined;
  readonly onAction?: ((action: TileAction) => void) | undefined;
  readonly onPlayer?: ((player: Player | undefined) => void) | undefined;
  readonly children?: ComponentChildren;
};

/**
 * One camera: its picture from edge to edge, its name and its state, and on hover, focus or touch what can be done
 * with it.
 */
export function Tile(props: TileProps) {
  const { camera, name, view, signalling, page, token, quality, active, onPlayer } = props;
  const visible = props.visible && (view?.value.enabled ?? true);
  const hold = usePlayer({ camera, quality, signalling, page, token, visible, onPlayer });
  const looking = useSignal(false);
  const player = hold.player.value;
  const facts = useTileFacts(player, looking.value || props.opened);
  const state = useTileState(hold.state, view).value;
  const isShown = useComputed(() => hold.state.value.shown !== undefined);
  const lastQuality = view?.value.hasSubstream ? 'sub' : 'main';
  useLastStill({ camera, quality: lastQuality, still: hold.still, takenMs: hold.stillTakenMs, isShown, visible });
  const hasPicture = state.mark === 'live' || state.mark === 'frozen';
  const tabIndex = active ? 0 : -1;
  return (
    <div
      class="tile"
      data-mark={state.mark}
      data-opened={props.opened || undefined}
      onPointerEnter={() => (looking.value = true)}
      onPointerLeave={() => (looking.value = false)}
      onFocusIn={() => (looking.value = true)}
      onFocusOut={() => (looking.value = false)}
    >
      <div class="tile-picture">
        <video ref={hold.video} muted playsInline tabIndex={-1} aria-label={name} />
        <canvas ref={hold.still} class="tile-still" width="0" height="0" hidden={isShown.value} />
      </div>
      {props.onOpen && (
        <button
          type="button"
          class="tile-open"
          tabIndex={tabIndex}
          aria-label={`${props.opened ? tileTexts.close : tileTexts.open(name)}. ${tileTexts.marks[state.mark]}`}
          onClick={props.onOpen}
        />
      )}
      <TileMessage state={state} onAction={props.onAction} tabIndex={tabIndex} />
      <div class="tile-name" dir="auto" title={name}>
        {name}
      </div>
      {!isShown.value && <StillAge takenMs={hold.stillTakenMs} />}
      <TileMarkView state={state} facts={facts} />
      {hasPicture && <div class="tile-facts numbers">{facts}</div>}
      <TileControls
        camera={camera}
        name={name}
        player={player}
        muted={hold.muted.value}
        onMute={hold.toggleSound}
        canTalk={props.canTalk ?? false}
        onShare={props.onShare}
        onFullScreen={props.onFullScreen}
        linked={props.linked ?? false}
        tabIndex={tabIndex}
      />
      {props.children}
    </div>
  );
}
