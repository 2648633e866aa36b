import { followLink } from '../page/route.ts';
import type { Player } from '../player/player.ts';
import { playerTexts } from '../texts/en/player.ts';
import { tileTexts } from '../texts/en/tile.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { TalkButton } from './talk-button.tsx';
import { hasPictureInPicture, keepSnapshot, toggleFullScreen, togglePictureInPicture } from './tile-actions.ts';

type TileControlsProps = {
  readonly camera: string;
  readonly name: string;
  readonly player: Player | undefined;
  readonly muted: boolean;
  readonly onMute: () => void;
  readonly canTalk: boolean;
  /** Absent where this person may not share, or is a guest. */
  readonly onShare: (() => void) | undefined;
  readonly onFullScreen?: (() => void) | undefined;
  /** Guests have no page to go to. */
  readonly linked?: boolean;
  readonly tabIndex: number;
};

/** The buttons that appear on hover, focus or touch. */
export function TileControls(props: TileControlsProps) {
  const { player, name, tabIndex, muted } = props;
  const hasAudio = player?.hasAudio ?? false;
  const muteText = muted ? playerTexts.controls.unmute : playerTexts.controls.mute;
  return (
    <div class="tile-controls" role="toolbar" aria-label={tileTexts.controls(name)}>
      {hasAudio && (
        <Button
          icon={muted || player?.isSilent ? 'muted' : 'sound'}
          label={player?.isSilent ? playerTexts.silent : muteText}
          shortcut="m"
          tabIndex={tabIndex}
          onClick={props.onMute}
        />
      )}
      {props.canTalk && <TalkButton player={player} tabIndex={tabIndex} />}
      <Button
        icon="snapshot"
        label={playerTexts.controls.snapshot}
        shortcut="s"
        tabIndex={tabIndex}
        onClick={() => player && void keepSnapshot(player, name)}
      />
      {hasPictureInPicture && (
        <Button
          class="tile-pip"
          icon="picture-in-picture"
          label={playerTexts.controls.pictureInPicture}
          tabIndex={tabIndex}
          onClick={() => player && void togglePictureInPicture(player)}
        />
      )}
      {props.onShare && <Button icon="share" label={tileTexts.share} tabIndex={tabIndex} onClick={props.onShare} />}
      {props.linked && (
        <a
          class="button button-icon"
          href={`/cameras/${props.camera}`}
          aria-label={tileTexts.details}
          title={tileTexts.details}
          tabIndex={tabIndex}
          onClick={followLink}
        >
          <Icon name="settings" />
        </a>
      )}
      <Button
        icon="full-screen"
        label={playerTexts.controls.fullscreen}
        shortcut="f"
        tabIndex={tabIndex}
        onClick={props.onFullScreen ?? (() => void toggleFullScreen(player))}
      />
    </div>
  );
}
