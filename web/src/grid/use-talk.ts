import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { CameraControlsView } from '../../../shared/camera-api.ts';
import { may } from '../dashboard/session.ts';
import { request, segment } from '../gateway/request.ts';

/** Whether this person can talk through this camera; asked only of a camera that is opened. */
export function useTalk(camera: string, opened: boolean): ReadonlySignal<boolean> {
  const canTalk = useSignal(false);
  useEffect(() => {
    if (!opened || !may('talk') || !may('control')) return;
    request<CameraControlsView>('GET', `/api/cameras/${segment(camera)}/controls`).then(
      ({ talk }) => {
        canTalk.value = talk;
      },
      () => undefined,
    );
  }, [camera, opened, canTalk]);
  return canTalk;
}
