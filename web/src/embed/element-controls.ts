import type { Player } from '../player/player.ts';
import { saveSnapshot } from '../player/snapshot.ts';
import { playerTexts } from '../texts/en/player.ts';
import { createButton, createElement, labelButton } from './element-dom.ts';

const { controls: words } = playerTexts;

/** The buttons over the picture. They read the player and ask it; they keep nothing themselves. */
export class ElementControls {
  readonly root: HTMLElement;
  readonly #player: Player;
  readonly #sound: HTMLButtonElement;

  constructor(player: Player, camera: string, box: HTMLElement, toggleStatistics: () => void) {
    this.#player = player;
    this.#sound = createButton('muted', words.unmute, () => player.setMuted(!player.muted));
    this.root = createElement('div', 'controls', this.#sound);
    this.root.setAttribute('role', 'toolbar');
    this.root.setAttribute('aria-label', words.toolbar);
    const takeSnapshot = () => player.snapshot().then((picture) => saveSnapshot(picture, camera, new Date()), ignore);
    this.root.append(
      createButton('statistics', words.statistics, toggleStatistics),
      createButton('snapshot', words.snapshot, () => void takeSnapshot()),
    );
    if (document.pictureInPictureEnabled) {
      this.root.append(
        createButton('picture-in-picture', words.pictureInPicture, () => togglePictureInPicture(player)),
      );
    }
    if (document.fullscreenEnabled || 'webkitEnterFullscreen' in player.video) {
      this.root.append(createButton('full-screen', words.fullscreen, () => toggleFullScreen(box, player.video)));
    }
  }

  update(): void {
    const { hasAudio, muted, isSilent } = this.#player;
    this.#sound.disabled = hasAudio === false;
    const muteText = muted ? words.unmute : words.mute;
    const missing = hasAudio === false ? playerTexts.noSound : isSilent ? playerTexts.silent : undefined;
    labelButton(this.#sound, missing ?? muteText, muted || isSilent ? 'muted' : 'sound');
  }
}

function togglePictureInPicture(player: Player): void {
  const isIn = document.pictureInPictureElement !== null;
  (isIn ? document.exitPictureInPicture() : player.video.requestPictureInPicture()).catch(ignore);
}

/** An iPhone can do it with the video alone. */
function toggleFullScreen(box: HTMLElement, video: HTMLVideoElement & { webkitEnterFullscreen?(): void }): void {
  if (!document.fullscreenEnabled) video.webkitEnterFullscreen?.();
  else (document.fullscreenElement ? document.exitFullscreen() : box.requestFullscreen()).catch(ignore);
}

/** A refused full screen or an empty snapshot leaves everything as it was. */
function ignore(): void {}
