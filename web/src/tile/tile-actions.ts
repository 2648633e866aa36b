import { toast, toastError } from '../page/announce.ts';
import type { Player } from '../player/player.ts';
import { saveSnapshot } from '../player/snapshot.ts';
import { tileTexts } from '../texts/en/tile.ts';

/** Gives the picture on the screen to the person as a file, and says so. */
export async function keepSnapshot(player: Player, name: string): Promise<void> {
  try {
    saveSnapshot(await player.snapshot(), name, new Date());
    toast(tileTexts.snapshotSaved(name));
  } catch (error) {
    toastError(error);
  }
}

export const hasPictureInPicture = 'pictureInPictureEnabled' in document && document.pictureInPictureEnabled;

export async function togglePictureInPicture(player: Player): Promise<void> {
  try {
    if (document.pictureInPictureElement === player.video) await document.exitPictureInPicture();
    else await player.video.requestPictureInPicture();
  } catch (error) {
    toastError(error);
  }
}

/** The whole page, so that messages and dialogs stay visible; an iPhone can only do it with the video itself. */
export async function toggleFullScreen(player?: Player): Promise<void> {
  try {
    if (document.fullscreenElement) await document.exitFullscreen();
    else if (document.fullscreenEnabled) await document.documentElement.requestFullscreen();
    else enterOnIphone(player?.video);
  } catch (error) {
    toastError(error);
  }
}

function enterOnIphone(video: HTMLVideoElement | undefined): void {
  if (video && 'webkitEnterFullscreen' in video && typeof video.webkitEnterFullscreen === 'function') {
    video.webkitEnterFullscreen();
  }
}
