import { useSignal } from '@preact/signals';
import { texts } from '../texts.ts';
import { toast } from '../ui/announce.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { deleteCamera } from './camera-api.ts';

type DeleteCameraProps = { readonly id: string; readonly name: string; readonly onDeleted: () => void };

export function DeleteCamera({ id, name, onDeleted }: DeleteCameraProps) {
  const asking = useSignal(false);
  return (
    <section class="card" aria-label={texts.camera.remove}>
      <h2>{texts.camera.remove}</h2>
      <p class="quiet">{texts.camera.removeHint}</p>
      <div>
        <Button icon="delete" onClick={() => (asking.value = true)}>
          {texts.camera.remove}
        </Button>
      </div>
      {asking.value && (
        <ConfirmDialog
          title={texts.camera.removeTitle(name)}
          question={texts.camera.removeHint}
          action={texts.camera.remove}
          onClose={() => (asking.value = false)}
          onConfirm={async () => {
            await deleteCamera(id);
            toast(texts.camera.removed(name));
            onDeleted();
          }}
        />
      )}
    </section>
  );
}
