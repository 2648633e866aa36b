import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useCallback, useEffect } from 'preact/hooks';
import { toastError } from '../page/announce.ts';

export type ListHold<Item> = {
  /** Undefined until it was read. */
  readonly items: ReadonlySignal<readonly Item[] | undefined>;
  readonly refresh: () => Promise<void>;
};

/** A list from the gateway. It is read when the page opens, and again after each change. */
export function useList<Item>(read: () => Promise<readonly Item[]>): ListHold<Item> {
  const items = useSignal<readonly Item[] | undefined>(undefined);
  const refresh = useCallback(async () => {
    try {
      items.value = await read();
    } catch (error) {
      toastError(error);
    }
  }, [items, read]);
  useEffect(() => {
    void refresh();
  }, [refresh]);
  return { items, refresh };
}
