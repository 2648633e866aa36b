import { useSignal } from '@preact/signals';
import { cameraTexts } from '../texts.ts';
import { toast } from '../ui/announce.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { deleteCamera } from './camera-api.ts';

type DeleteCameraProps = { readonly id: string; readonly name: string; readonly onDeleted: () => void };

export function DeleteCamera({ id, name, onDeleted }: DeleteCameraProps) {
  const asking = useSignal(false);
  return (
    <section class="card" aria-label={cameraTexts.camera.remove}>
      <h2>{cameraTexts.camera.remove}</h2>
      <p class="quiet">{cameraTexts.camera.removeHint}</p>
      <div>
        <Button icon="delete" onClick={() => (asking.value = true)}>
          {cameraTexts.camera.remove}
        </Button>
      </div>
      {asking.value && (
        <ConfirmDialog
          title={cameraTexts.camera.removeTitle(name)}
          question={cameraTexts.camera.removeHint}
          action={cameraTexts.camera.remove}
          onClose={() => (asking.value = false)}
          onConfirm={async () => {
            await deleteCamera(id);
            toast(cameraTexts.camera.removed(name));
            onDeleted();
          }}
        />
      )}
    </section>
  );
}
