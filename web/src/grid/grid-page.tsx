import { useEffect } from 'preact/hooks';
import { isFirstCameraWanted } from '../dashboard/first-camera.ts';
import { cameras, liveSignalling } from '../dashboard/live.ts';
import { may } from '../dashboard/session.ts';
import { toastError } from '../page/announce.ts';
import { openDialog } from '../page/page-dialog.ts';
import { query } from '../page/route.ts';
import { gridTexts } from '../texts/en/grid.ts';
import { Button } from '../ui/button.tsx';
import { Lazy } from '../ui/lazy.tsx';
import { usePageTitle } from '../ui/use-page-title.ts';
import { GridBar } from './grid-bar.tsx';
import { onGridKey } from './grid-keys.ts';
import { LAYOUTS } from './grid-layout.ts';
import { GridStage } from './grid-stage.tsx';
import { keepArrangement, kiosk, layout, openCamera, rotateMs, search, shown } from './grid-state.ts';
import { runRotation } from './rotation.ts';
import { applyView, loadViews, savedViews } from './views.ts';
import { isWallAwake, WallHint } from './wall.tsx';

const firstCameraCard = () => import('./first-camera-card.tsx').then((module) => module.FirstCameraCard);

/** The start page: all cameras, live. */
export function GridPage() {
  usePageTitle(gridTexts.title);
  useEffect(() => {
    const stopKeeping = keepArrangement();
    const stopRotating = runRotation();
    document.addEventListener('keydown', onGridKey);
    if (may('own-account')) loadViews().then(applyAddress, toastError);
    else applyAddress();
    return () => {
      stopKeeping();
      stopRotating();
      document.removeEventListener('keydown', onGridKey);
    };
  }, []);
  return (
    <div
      class="grid-page"
      data-kiosk={kiosk.value || undefined}
      data-awake={isWallAwake.value || undefined}
      data-open={openCamera.value !== undefined || undefined}
    >
      {!kiosk.value && <GridBar />}
      <main class="grid-main">
        <h1 class="visually-hidden">{gridTexts.title}</h1>
        <GridStage signalling={liveSignalling()} />
        <EmptyGrid />
        {kiosk.value && <WallHint />}
        {wantsFirstCamera() && <Lazy load={firstCameraCard} props={{}} />}
      </main>
    </div>
  );
}

/** A wall of pictures (`?kiosk`) asks nobody to add a camera. */
function wantsFirstCamera(): boolean {
  return isFirstCameraWanted.value && !kiosk.value && openCamera.value === undefined && may('edit-cameras');
}

/** A wall is set up by its address: `?kiosk&view=Night&layout=3&rotate=10`. */
function applyAddress(): void {
  const view = savedViews.value.find((candidate) => candidate.name === query.value.get('view'));
  if (view) applyView(view);
  const wanted = LAYOUTS.find((candidate) => candidate === query.value.get('layout'));
  if (wanted) layout.value = wanted;
  const seconds = Number(query.value.get('rotate'));
  if (seconds >= 2) rotateMs.value = seconds * 1000;
}

function EmptyGrid() {
  if (cameras.value === undefined || shown.value.length > 0 || openCamera.value !== undefined) return null;
  if (cameras.value.length > 0) return <p class="grid-empty">{gridTexts.nothingFound(search.value)}</p>;
  if (!may('edit-cameras')) return <p class="grid-empty">{gridTexts.noCamerasForYou}</p>;
  return (
    <div class="grid-empty">
      <p>{gridTexts.noCameras}</p>
      <Button look="primary" icon="add" onClick={() => openDialog({ kind: 'add-camera' })}>
        {gridTexts.addCamera}
      </Button>
    </div>
  );
}
