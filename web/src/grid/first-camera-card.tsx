import '../styles/pages.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { GatewayView } from '../../../shared/api.ts';
import { hideFirstCameraCard } from '../dashboard/first-camera.ts';
import { ask } from '../gateway/request.ts';
import { openDialog } from '../page/page-dialog.ts';
import { firstCameraTexts } from '../texts/en/first-camera.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';

/** Shown on the first run, beside the moving demo pictures. */
export function FirstCameraCard() {
  const address = useSignal('');
  const demo = useSignal(false);
  useEffect(() => {
    // Without an answer there is no card, and nothing is lost.
    ask<GatewayView>('GET', '/api/gateway').then(
      (view) => {
        demo.value = view.demo;
      },
      () => undefined,
    );
  }, [demo]);
  if (!demo.value) return null;
  return (
    <section class="first-camera" aria-label={firstCameraTexts.title}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          openDialog({ kind: 'add-camera', address: address.value });
        }}
      >
        <h2>{firstCameraTexts.title}</h2>
        <p class="quiet">{firstCameraTexts.text}</p>
        <TextField
          label={firstCameraTexts.field}
          value={address.value}
          placeholder="192.168.1.100"
          code
          onInput={(value) => {
            address.value = value;
          }}
        />
        <div class="dialog-foot">
          <Button look="quiet" onClick={hideFirstCameraCard}>
            {firstCameraTexts.later}
          </Button>
          <Button look="primary" submit>
            {firstCameraTexts.action}
          </Button>
        </div>
      </form>
    </section>
  );
}
