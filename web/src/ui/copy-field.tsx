import { useId } from 'preact/hooks';
import { toast } from '../page/announce.ts';
import { commonTexts } from '../texts/en/common.ts';
import { Button } from './button.tsx';

type CopyFieldProps = { readonly label: string; readonly value: string; readonly lines?: number };

/** Text with a button that copies it. */
export function CopyField({ label, value, lines = 1 }: CopyFieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <div class="copy-field">
        {lines > 1 ? (
          <textarea id={id} class="input input-code" rows={lines} readOnly value={value} onFocus={selectAll} />
        ) : (
          <input id={id} class="input input-code" readOnly value={value} onFocus={selectAll} />
        )}
        <Button icon="copy" label={`${commonTexts.copy}: ${label}`} onClick={() => void copy(value, id)} />
      </div>
    </div>
  );
}

function selectAll(event: Event): void {
  if (event.currentTarget instanceof HTMLInputElement || event.currentTarget instanceof HTMLTextAreaElement) {
    event.currentTarget.select();
  }
}

/**
 * Pages without HTTPS may not use the clipboard. There the text is selected, so that the person can copy it with the
 * keyboard.
 */
async function copy(value: string, id: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(value);
    toast(commonTexts.copied);
  } catch {
    document.getElementById(id)?.focus();
    toast(commonTexts.copyByHand);
  }
}
