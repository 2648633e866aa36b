import { useSignal } from '@preact/signals';
import { may } from '../dashboard/session.ts';
import { openDialog } from '../page/page-dialog.ts';
import { embedCodeTexts } from '../texts/en/embed-code.ts';
import { Button } from '../ui/button.tsx';
import { CopyField } from '../ui/copy-field.tsx';
import { CheckField, SelectField } from '../ui/field.tsx';
import { type EmbedOptions, iframeSnippet, webComponentSnippet } from './embed-code.ts';

/** Text to paste into another page. */
export function EmbedSnippet({ camera, name }: { readonly camera: string; readonly name: string }) {
  const options = useSignal<EmbedOptions>({ theme: 'dark', controls: true });
  const change = (part: Partial<EmbedOptions>) => {
    options.value = { ...options.value, ...part };
  };
  return (
    <div class="form">
      <p class="quiet">{embedCodeTexts.about}</p>
      <SelectField
        label={embedCodeTexts.theme}
        value={options.value.theme}
        options={[
          ['dark', embedCodeTexts.themes.dark],
          ['light', embedCodeTexts.themes.light],
        ]}
        onChange={(theme) => change({ theme })}
      />
      <CheckField
        label={embedCodeTexts.controls}
        checked={options.value.controls}
        onChange={(controls) => change({ controls })}
      />
      <CopyField
        label={embedCodeTexts.iframe}
        lines={4}
        value={iframeSnippet(location.origin, camera, name, options.value)}
      />
      <CopyField
        label={embedCodeTexts.component}
        lines={3}
        value={webComponentSnippet(location.origin, camera, options.value)}
      />
      {may('edit-cameras') && (
        <div>
          <Button small onClick={() => openDialog({ kind: 'edit-camera', camera })}>
            {embedCodeTexts.origins}
          </Button>
        </div>
      )}
    </div>
  );
}
