import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { CameraDetail } from '../../../shared/camera-api.ts';
import { cameras } from '../dashboard/live.ts';
import { readCamera } from '../gateway/camera-requests.ts';
import { errorText } from '../gateway/gateway-error.ts';

export type CameraDetailHold = {
  readonly detail: ReadonlySignal<CameraDetail | undefined>;
  readonly failure: ReadonlySignal<string>;
};

/**
 * A camera with its settings. They are read again whenever the list of cameras changes, because they may have changed
 * too.
 */
export function useCameraDetail(id: string): CameraDetailHold {
  const detail = useSignal<CameraDetail | undefined>(undefined);
  const failure = useSignal('');
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
  return { detail, failure };
}
