import { useSignal } from '@preact/signals';
import { deleteCamera } from '../gateway/camera-requests.ts';
import { toast } from '../page/announce.ts';
import { cameraPageTexts } from '../texts/en/camera-page.ts';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';

type DeleteCameraProps = { readonly id: string; readonly name: string; readonly onDeleted: () => void };

export function DeleteCamera({ id, name, onDeleted }: DeleteCameraProps) {
  const asking = useSignal(false);
  return (
    <section class="card" aria-label={cameraPageTexts.remove}>
      <h2>{cameraPageTexts.remove}</h2>
      <p class="quiet">{cameraPageTexts.removeHint}</p>
      <div>
        <Button icon="delete" onClick={() => (asking.value = true)}>
          {cameraPageTexts.remove}
        </Button>
      </div>
      {asking.value && (
        <ConfirmDialog
          title={cameraPageTexts.removeTitle(name)}
          question={cameraPageTexts.removeHint}
          action={cameraPageTexts.remove}
          onClose={() => (asking.value = false)}
          onConfirm={async () => {
            await deleteCamera(id);
            toast(cameraPageTexts.removed(name));
            onDeleted();
          }}
        />
      )}
    </section>
  );
}
