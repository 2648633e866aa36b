import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { may } from '../dashboard/session.ts';
import { readControls } from '../gateway/camera-requests.ts';

/** Whether this person can talk through this camera; asked only of a camera that is opened. */
export function useTalk(camera: string, opened: boolean): ReadonlySignal<boolean> {
  const canTalk = useSignal(false);
  useEffect(() => {
    if (!opened || !may('talk') || !may('control')) return;
    readControls(camera).then(
      ({ talk }) => {
        canTalk.value = talk;
      },
      () => undefined,
    );
  }, [camera, opened, canTalk]);
  return canTalk;
}
