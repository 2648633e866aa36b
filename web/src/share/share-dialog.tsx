import { shareTexts } from '../texts/en/share.ts';
import '../styles/share.css';
import { useSignal } from '@preact/signals';
import type { ShareCreated } from '../../../shared/share-link.ts';
import { cameras } from '../dashboard/live.ts';
import { closeDialog } from '../page/page-dialog.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { EmbedSnippet } from './embed-snippet.tsx';
import { NewLink } from './new-link.tsx';
import { ShareForm } from './share-form.tsx';
import { ShareList } from './share-list.tsx';

const TABS = ['link', 'links', 'embed'] as const;
type Tab = (typeof TABS)[number];

/** Gives somebody else one camera, by a link or inside another page. */
export function ShareDialog({ camera }: { readonly camera: string }) {
  const tab = useSignal<Tab>('link');
  const created = useSignal<ShareCreated | undefined>(undefined);
  const view = cameras.value?.find(({ id }) => id === camera);
  return (
    <Dialog title={shareTexts.title(view?.name ?? camera)} onClose={closeDialog}>
      <Tabs
        label={shareTexts.kinds}
        tabs={TABS.map((name) => [name, shareTexts.tabs[name]] as const)}
        chosen={tab.value}
        onChoose={(name) => {
          tab.value = name;
        }}
      >
        {tab.value === 'link' &&
          (created.value ? (
            <NewLink created={created.value} onAnother={() => (created.value = undefined)} />
          ) : (
            <ShareForm
              camera={camera}
              hasSubstream={view?.hasSubstream ?? false}
              onCreated={(answer) => {
                created.value = answer;
              }}
            />
          ))}
        {tab.value === 'links' && <ShareList camera={camera} />}
        {tab.value === 'embed' && <EmbedSnippet camera={camera} name={view?.name ?? camera} />}
      </Tabs>
    </Dialog>
  );
}
