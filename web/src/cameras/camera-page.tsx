import { commonTexts } from '../texts/en/common.ts';
import { tileTexts } from '../texts/en/tile.ts';
import '../styles/cameras.css';
import { useSignal } from '@preact/signals';
import type { CameraDetail } from '../../../shared/camera-api.ts';
import { cameras, liveCamera, livePage, liveSignalling } from '../dashboard/live.ts';
import { may } from '../dashboard/session.ts';
import { openDialog } from '../page/page-dialog.ts';
import { navigate } from '../page/route.ts';
import type { Player } from '../player/player.ts';
import { performTileAction } from '../tile/perform-tile-action.ts';
import { Tile } from '../tile/tile.tsx';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { PageHead } from '../ui/page-head.tsx';
import { usePageTitle } from '../ui/use-page-title.ts';
import { CameraAddresses } from './camera-addresses.tsx';
import { CameraControls } from './camera-controls.tsx';
import { CameraFacts } from './camera-facts.tsx';
import { CameraReport } from './camera-report.tsx';
import { CameraStatistics } from './camera-statistics.tsx';
import { DeleteCamera } from './delete-camera.tsx';
import { useCameraDetail } from './use-camera-detail.ts';

/** Everything about one camera. */
export function CameraPage({ id }: { readonly id: string }) {
  const { detail, failure } = useCameraDetail(id);
  const name = cameras.value?.find((camera) => camera.id === id)?.name;
  usePageTitle(name ?? id);
  return (
    <main class="page">
      <PageHead title={name ?? id}>
        {may('share') && (
          <Button icon="share" onClick={() => openDialog({ kind: 'share', camera: id })}>
            {tileTexts.share}
          </Button>
        )}
        {may('edit-cameras') && (
          <Button icon="edit" onClick={() => openDialog({ kind: 'edit-camera', camera: id })}>
            {commonTexts.edit}
          </Button>
        )}
      </PageHead>
      {failure.value && <Notice kind="danger">{failure.value}</Notice>}
      {name !== undefined && <CameraColumns id={id} name={name} detail={detail.value} />}
    </main>
  );
}

type CameraColumnsProps = {
  readonly id: string;
  readonly name: string;
  readonly detail: CameraDetail | undefined;
};

function CameraColumns({ id, name, detail }: CameraColumnsProps) {
  const player = useSignal<Player | undefined>(undefined);
  return (
    <div class="camera-columns">
      <div class="camera-main">
        <div class="camera-player">
          <Tile
            camera={id}
            name={name}
            view={liveCamera(id)}
            signalling={liveSignalling()}
            page={livePage()}
            quality="main"
            visible
            active
            opened={false}
            onPlayer={(created) => {
              player.value = created;
            }}
            onAction={(action) => performTileAction(id, action, player.value)}
          />
        </div>
        <CameraStatistics player={player.value} />
      </div>
      <div class="camera-side">
        {detail && <CameraFacts facts={detail.facts} />}
        {may('control') && <CameraControls camera={id} player={player.value} />}
        {detail?.settings && <CameraReport camera={id} url={detail.settings.url} />}
        {detail && <CameraAddresses addresses={detail.addresses} />}
        {detail?.settings?.definedIn === 'dashboard' && (
          <DeleteCamera id={id} name={name} onDeleted={() => navigate('/')} />
        )}
      </div>
    </div>
  );
}
