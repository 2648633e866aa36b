import { useSignal } from '@preact/signals';
import { errorText } from '../gateway/gateway-error.ts';
import { closeDialog } from '../page/page-dialog.ts';
import { commonTexts } from '../texts/en/common.ts';
import { viewTexts } from '../texts/en/views.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { saveView } from './views.ts';

export function SaveViewDialog() {
  const name = useSignal('');
  const failure = useSignal('');
  const submit = async (event: Event) => {
    event.preventDefault();
    try {
      await saveView(name.value.trim());
      closeDialog();
    } catch (error) {
      failure.value = errorText(error);
    }
  };
  return (
    <Dialog title={viewTexts.save} narrow onClose={closeDialog}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <TextField
          label={viewTexts.name}
          hint={viewTexts.hint}
          value={name.value}
          error={failure.value || undefined}
          required
          onInput={(value) => {
            name.value = value;
          }}
        />
        <div class="dialog-foot">
          <Button onClick={closeDialog}>{commonTexts.cancel}</Button>
          <Button look="primary" submit>
            {commonTexts.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
