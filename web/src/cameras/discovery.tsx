import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { DiscoveredCamera } from '../../../shared/camera-api.ts';
import { discoverCameras } from '../gateway/camera-requests.ts';
import { errorText } from '../gateway/gateway-error.ts';
import { addCameraTexts } from '../texts/en/add-camera.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';

/** Cameras that answer on the gateway's networks, for whoever does not know an address. */
export function Discovery({ onPick }: { readonly onPick: (camera: DiscoveredCamera) => void }) {
  const found = useSignal<readonly DiscoveredCamera[] | undefined>(undefined);
  const searching = useSignal(false);
  const failure = useSignal('');
  const life = useRef(new AbortController());
  useEffect(() => () => life.current.abort(), []);
  const search = async () => {
    searching.value = true;
    failure.value = '';
    try {
      found.value = await discoverCameras(life.current.signal);
    } catch (error) {
      failure.value = errorText(error);
    } finally {
      searching.value = false;
    }
  };
  return (
    <div class="form">
      <div>
        <Button small icon="search" disabled={searching.value} onClick={() => void search()}>
          {searching.value ? addCameraTexts.searching : addCameraTexts.search}
        </Button>
      </div>
      {failure.value && <Notice kind="danger">{failure.value}</Notice>}
      {found.value?.length === 0 && <p class="quiet">{addCameraTexts.noneFound}</p>}
      {found.value && found.value.length > 0 && (
        <ul class="rows">
          {found.value.map((camera) => (
            <li key={camera.url} class="row">
              <span class="row-main">
                <span dir="auto">{camera.name}</span>
                <span class="quiet">
                  {camera.address} · {camera.kind.toUpperCase()}
                </span>
              </span>
              <Button small onClick={() => onPick(camera)}>
                {addCameraTexts.use}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
