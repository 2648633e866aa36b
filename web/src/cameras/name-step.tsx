import { useSignal } from '@preact/signals';
import { addCameraTexts } from '../texts/en/add-camera.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';

type NameStepProps = {
  readonly suggestion: string;
  /** True when the look failed. The camera may be offline for the moment only, so that it can be added all the same. */
  readonly anyway: boolean;
  readonly onSave: (name: string, group: string) => Promise<void>;
};

export function NameStep({ suggestion, anyway, onSave }: NameStepProps) {
  const name = useSignal(suggestion);
  const group = useSignal('');
  const saving = useSignal(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    saving.value = true;
    await onSave(name.value.trim(), group.value.trim());
    saving.value = false;
  };
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <div class="form-row">
        <TextField
          label={addCameraTexts.name}
          value={name.value}
          required
          autoFocus={!anyway}
          onInput={(value) => {
            name.value = value;
          }}
        />
        <TextField
          label={addCameraTexts.group}
          value={group.value}
          placeholder={addCameraTexts.optional}
          onInput={(value) => {
            group.value = value;
          }}
        />
      </div>
      <div class="dialog-foot">
        <Button look={anyway ? 'plain' : 'primary'} submit disabled={saving.value}>
          {anyway ? addCameraTexts.saveAnyway : addCameraTexts.save}
        </Button>
      </div>
    </form>
  );
}
