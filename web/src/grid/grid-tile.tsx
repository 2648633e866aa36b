import { useSignal } from '@preact/signals';
import { useCallback, useEffect, useRef } from 'preact/hooks';
import { liveCamera, livePage } from '../dashboard/live.ts';
import { may } from '../dashboard/session.ts';
import { openDialog } from '../page/page-dialog.ts';
import { navigate, withQuery } from '../page/route.ts';
import type { Player } from '../player/player.ts';
import type { Signalling } from '../player/signalling/signalling.ts';
import { tileTexts } from '../texts/en/tile.ts';
import { performTileAction } from '../tile/perform-tile-action.ts';
import { Tile } from '../tile/tile.tsx';
import { toggleFullScreen } from '../tile/tile-actions.ts';
import { Button } from '../ui/button.tsx';
import { dragged, startDrag } from './drag-tile.ts';
import type { Place } from './grid-layout.ts';
import { activeCamera } from './grid-state.ts';
import { players } from './players.ts';
import { useTalk } from './use-talk.ts';
import { watchVisibility } from './visible-tiles.ts';

/** A tile that is at least this wide shows the main stream, because the sub-stream has too few pixels for it. */
const LARGE_TILE_PX = 960;

type GridTileProps = {
  readonly id: string;
  readonly name: string;
  /** Undefined while the tile is on another page of the grid, or behind the opened one. */
  readonly place: Place | undefined;
  readonly opened: boolean;
  readonly active: boolean;
  readonly movable: boolean;
  readonly signalling: Signalling;
};

/** A tile at its place in the grid. Without a place it keeps its video, hidden and stopped. */
export function GridTile({ id, name, place, opened, active, movable, signalling }: GridTileProps) {
  const element = useRef<HTMLLIElement>(null);
  const visible = useSignal(false);
  const canTalk = useTalk(id, opened);
  useEffect(() => {
    if (!element.current) return;
    return watchVisibility(element.current, (seen) => {
      visible.value = seen;
    });
  }, [visible]);
  const onPlayer = useCallback(
    (player: Player | undefined) => {
      if (player) players.set(id, player);
      else players.delete(id);
    },
    [id],
  );
  const toggleOpen = () => {
    activeCamera.value = id;
    navigate(withQuery({ open: opened ? undefined : id }));
  };
  return (
    <li
      ref={element}
      class="grid-tile"
      data-camera={id}
      data-dragged={dragged.value === id || undefined}
      hidden={place === undefined}
      style={place && placeStyle(place)}
      onPointerDown={movable ? (event) => startDrag(event, id) : undefined}
    >
      <Tile
        camera={id}
        name={name}
        view={liveCamera(id)}
        signalling={signalling}
        page={livePage()}
        quality={opened || (place?.width ?? 0) >= LARGE_TILE_PX ? 'main' : 'sub'}
        visible={visible.value}
        active={active}
        opened={opened}
        linked
        canTalk={canTalk.value}
        onOpen={toggleOpen}
        onShare={may('share') ? () => openDialog({ kind: 'share', camera: id }) : undefined}
        onFullScreen={() => {
          if (!opened) toggleOpen();
          void toggleFullScreen(players.get(id));
        }}
        onAction={(action) => performTileAction(id, action, players.get(id))}
        onPlayer={onPlayer}
      >
        {opened && <Button class="tile-back" icon="back" label={tileTexts.close} onClick={toggleOpen} />}
      </Tile>
    </li>
  );
}

function placeStyle(place: Place): Record<string, string> {
  return {
    left: `${place.left}px`,
    top: `${place.top}px`,
    width: `${place.width}px`,
    height: `${place.height}px`,
  };
}
