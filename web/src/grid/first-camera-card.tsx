import { computed, signal, useSignal } from '@preact/signals';
import { cameras } from '../live.ts';
import { may } from '../session.ts';
import { texts } from '../texts.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { openDialog } from '../ui/page-dialog.ts';

const KEY = 'oriel-first-camera-later';
const later = signal(localStorage.getItem(KEY) !== null);

/** Everything on the grid still belongs to the demo. */
const onlyDemo = computed(() => cameras.value?.every((camera) => camera.id.startsWith('demo-')) ?? false);

/** Shown on the first run, beside the moving demo pictures, until there is a camera of one's own. */
export function FirstCameraCard() {
  const address = useSignal('');
  if (!onlyDemo.value || later.value || !may('edit-cameras')) return null;
  const dismiss = () => {
    later.value = true;
    localStorage.setItem(KEY, '1');
  };
  return (
    <section class="first-camera" aria-label={texts.grid.firstTitle}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          openDialog({ kind: 'add-camera', address: address.value });
        }}
      >
        <h2>{texts.grid.firstTitle}</h2>
        <p class="quiet">{texts.grid.firstText}</p>
        <TextField
          label={texts.grid.firstField}
          value={address.value}
          placeholder="192.168.1.100"
          code
          onInput={(value) => {
            address.value = value;
          }}
        />
        <div class="dialog-foot">
          <Button look="quiet" onClick={dismiss}>
            {texts.grid.firstLater}
          </Button>
          <Button look="primary" submit>
            {texts.grid.firstAction}
          </Button>
        </div>
      </form>
    </section>
  );
}
