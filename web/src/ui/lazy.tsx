import { useSignal } from '@preact/signals';
import { type ComponentType, createElement } from 'preact';
import { useEffect } from 'preact/hooks';
import { toast } from '../page/announce.ts';
import { commonTexts } from '../texts/en/common.ts';

type LazyProps<Props> = { readonly load: () => Promise<ComponentType<Props>>; readonly props: Props };

/** A part of the page whose script comes when it is first needed. */
export function Lazy<Props extends object>({ load, props }: LazyProps<Props>) {
  const loaded = useSignal<{ readonly component: ComponentType<Props> } | undefined>(undefined);
  useEffect(() => {
    let gone = false;
    load().then(
      (component) => {
        if (!gone) loaded.value = { component };
      },
      () => toast(commonTexts.pageFailed, 'danger'),
    );
    return () => {
      gone = true;
    };
  }, [load, loaded]);
  return loaded.value ? createElement(loaded.value.component, props) : null;
}
