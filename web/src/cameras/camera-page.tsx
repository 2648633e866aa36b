import '../styles/cameras.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { CameraDetail } from '../../../shared/camera-api.ts';
import { errorText } from '../api.ts';
import { Tile } from '../grid/tile.tsx';
import { cameras, liveCamera, liveSignalling } from '../live.ts';
import type { Player } from '../player/player.ts';
import { navigate } from '../route.ts';
import { may } from '../session.ts';
import { texts } from '../texts.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { openDialog } from '../ui/page-dialog.ts';
import { PageHead } from '../ui/page-head.tsx';
import { usePageTitle } from '../ui/use-page-title.ts';
import { CameraAddresses } from './camera-addresses.tsx';
import { readCamera } from './camera-api.ts';
import { CameraControls } from './camera-controls.tsx';
import { CameraReport } from './camera-report.tsx';
import { CameraStatistics } from './camera-statistics.tsx';
import { DeleteCamera } from './delete-camera.tsx';

/** Everything about one camera. */
export function CameraPage({ id }: { readonly id: string }) {
  const detail = useSignal<CameraDetail | undefined>(undefined);
  const failure = useSignal('');
  const player = useSignal<Player | undefined>(undefined);
  const known = cameras.value?.find((camera) => camera.id === id);
  // Read again whenever the list changes: its settings may have.
  const list = cameras.value;
  useEffect(() => {
    if (!list) return;
    readCamera(id).then(
      (answer) => {
        detail.value = answer;
        failure.value = '';
      },
      (error: unknown) => {
        failure.value = errorText(error);
      },
    );
  }, [id, list, detail, failure]);
  const name = known?.name ?? detail.value?.name ?? id;
  usePageTitle(name);
  return (
    <main class="page camera-page">
      <PageHead title={name}>
        {may('share') && (
          <Button icon="share" onClick={() => openDialog({ kind: 'share', camera: id })}>
            {texts.tile.share}
          </Button>
        )}
        {may('edit-cameras') && (
          <Button icon="edit" onClick={() => openDialog({ kind: 'edit-camera', camera: id })}>
            {texts.common.edit}
          </Button>
        )}
      </PageHead>
      {failure.value && <Notice kind="danger">{failure.value}</Notice>}
      {known && (
        <div class="camera-columns">
          <div class="camera-main">
            <div class="camera-player">
              <Tile
                camera={id}
                name={name}
                view={liveCamera(id)}
                signalling={liveSignalling()}
                quality="main"
                visible
                active
                opened={false}
                onPlayer={(created) => {
                  player.value = created;
                }}
                onAction={
                  may('edit-cameras')
                    ? (action) =>
                        action === 'try-now'
                          ? player.value?.retry()
                          : openDialog({
                              kind: 'edit-camera',
                              camera: id,
                              field: action === 'change-password' ? 'password' : 'url',
                            })
                    : undefined
                }
              />
            </div>
            <CameraStatistics player={player.value} />
          </div>
          <div class="camera-side">
            {may('control') && <CameraControls camera={id} player={player.value} />}
            {detail.value?.settings && <CameraReport camera={id} url={detail.value.settings.url} />}
            {detail.value && <CameraAddresses addresses={detail.value.addresses} />}
            {detail.value?.settings?.definedIn === 'dashboard' && (
              <DeleteCamera id={id} name={name} onDeleted={() => navigate('/')} />
            )}
          </div>
        </div>
      )}
    </main>
  );
}
