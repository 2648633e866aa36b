import { signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { GatewayView } from '../../../shared/api.ts';
import { request } from '../api.ts';
import { may } from '../session.ts';
import { texts } from '../texts.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { openDialog } from '../ui/page-dialog.ts';

const KEY = 'oriel-first-camera-later';
const later = signal(localStorage.getItem(KEY) !== null);

const demo = signal(false);

/** Until the person wants it gone, or has added a camera. */
export function hideFirstCameraCard(): void {
  later.value = true;
  localStorage.setItem(KEY, '1');
}

/** Shown on the first run, beside the moving demo pictures. */
export function FirstCameraCard() {
  const address = useSignal('');
  useEffect(() => {
    // Without an answer there is no card, and nothing is lost.
    if (!later.value)
      request<GatewayView>('GET', '/api/gateway').then(
        (view) => (demo.value = view.demo),
        () => undefined,
      );
  }, []);
  if (!demo.value || later.value || !may('edit-cameras')) return null;
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
          <Button look="quiet" onClick={hideFirstCameraCard}>
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
