import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ViewerView } from '../../../shared/api.ts';
import type { ShareView } from '../../../shared/share-link.ts';
import { viewersChanged } from '../dashboard/live.ts';
import { may } from '../dashboard/session.ts';
import { listShares, listViewers } from '../gateway/share-requests.ts';
import { toastError } from '../page/announce.ts';

export type SharesHold = {
  readonly shares: ReadonlySignal<readonly ShareView[] | undefined>;
  readonly viewers: ReadonlySignal<readonly ViewerView[]>;
  readonly refresh: () => Promise<void>;
};

/** Links and who watches through them, read again whenever somebody comes or goes. */
export function useShares(): SharesHold {
  const shares = useSignal<readonly ShareView[] | undefined>(undefined);
  const viewers = useSignal<readonly ViewerView[]>([]);
  const refresh = async () => {
    try {
      const [links, watching] = await Promise.all([listShares(), may('see-viewers') ? listViewers() : []]);
      shares.value = links;
      viewers.value = watching;
    } catch (error) {
      toastError(error);
    }
  };
  const changes = viewersChanged.value;
  // Reads again whenever the number of changes grew.
  useEffect(() => {
    void refresh();
  }, [changes]);
  return { shares, viewers, refresh };
}
