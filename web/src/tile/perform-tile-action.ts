import { may } from '../dashboard/session.ts';
import { openDialog } from '../page/page-dialog.ts';
import type { Player } from '../player/player.ts';
import type { TileAction } from './tile-state.ts';

/** What the button on a tile does; whoever may not change the camera can still ask for the next attempt. */
export function performTileAction(camera: string, action: TileAction, player: Player | undefined): void {
  if (action === 'try-now' || !may('edit-cameras')) player?.retry();
  else openDialog({ kind: 'edit-camera', camera, field: action === 'change-password' ? 'password' : 'url' });
}
