import { dismissToast, openDialogs, spoken, toasts } from '../page/announce.ts';
import { commonTexts } from '../texts/en/common.ts';
import { Button } from './button.tsx';

/**
 * Shows and speaks what was announced. Stands once on every page and in every dialog (`inDialog` is its id), and shows itself
 * in the one that is on top.
 */
export function Announcements({ inDialog }: { readonly inDialog?: string }) {
  if (openDialogs.value.at(-1) !== inDialog) return null;
  return (
    <>
      <div class="visually-hidden" role="status" aria-live="polite">
        {spoken}
      </div>
      <div class="toasts" role="log" aria-live="polite" aria-label={commonTexts.messages}>
        {toasts.value.map(({ id, text, kind }) => (
          <div key={id} class={`toast toast-${kind}`}>
            <span dir="auto">{text}</span>
            <Button look="quiet" small icon="close" label={commonTexts.dismiss} onClick={() => dismissToast(id)} />
          </div>
        ))}
      </div>
    </>
  );
}
