import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { navigate, withQuery } from '../page/route.ts';
import { gridTexts } from '../texts/en/grid.ts';
import { toggleFullScreen } from '../tile/tile-actions.ts';
import { Button } from '../ui/button.tsx';
import { kiosk } from './grid-state.ts';

/** So long the hint stays after somebody moved the pointer or touched the screen. */
const AWAKE_MS = 6000;

/** Somebody stands at the wall: pointer, hover and the way out are shown. */
export const isWallAwake = signal(false);

export function enterWall(): void {
  navigate(withQuery({ kiosk: '' }));
  if (!document.fullscreenElement) void toggleFullScreen();
}

export function leaveWall(): void {
  if (document.fullscreenElement) void toggleFullScreen();
  if (kiosk.value) navigate(withQuery({ kiosk: undefined }));
}

/** Says how to leave the wall, when it begins and whenever somebody moves the pointer or touches the screen. */
export function WallHint() {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wake = () => {
      isWallAwake.value = true;
      clearTimeout(timer);
      timer = setTimeout(() => (isWallAwake.value = false), AWAKE_MS);
    };
    // With the whole screen the browser keeps Esc for itself and only says that the screen was given back.
    const onFullScreen = () => !document.fullscreenElement && leaveWall();
    wake();
    document.addEventListener('pointermove', wake);
    document.addEventListener('pointerdown', wake);
    document.addEventListener('fullscreenchange', onFullScreen);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('pointermove', wake);
      document.removeEventListener('pointerdown', wake);
      document.removeEventListener('fullscreenchange', onFullScreen);
    };
  }, []);
  if (!isWallAwake.value) return null;
  return (
    <div class="wall-hint" role="status">
      <span>{gridTexts.wallHint}</span>
      <Button small onClick={leaveWall}>
        {gridTexts.leaveWall}
      </Button>
    </div>
  );
}
