import type { Player } from '../player/player.ts';
import { texts } from '../texts.ts';
import { toast, toastError } from '../ui/announce.tsx';

/** Saves the picture on the screen as a file named after the camera and the moment. */
export async function saveSnapshot(player: Player, name: string): Promise<void> {
  try {
    const address = URL.createObjectURL(await player.snapshot());
    const link = document.createElement('a');
    link.href = address;
    link.download = `${fileName(name)} ${stamp(new Date())}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
    toast(texts.tile.snapshotSaved(name));
  } catch (error) {
    toastError(error);
  }
}

function fileName(name: string): string {
  return name.replace(/[\\/:*?"<>|\p{Cc}]/gu, '-').trim() || 'camera';
}

function stamp(at: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}.${two(at.getMinutes())}.${two(at.getSeconds())}`;
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
