import { addCameraTexts } from '../texts/en/add-camera.ts';
import { commonTexts } from '../texts/en/common.ts';
import { editCameraTexts } from '../texts/en/edit-camera.ts';
import '../styles/cameras.css';
import { useSignal } from '@preact/signals';
import type { CameraDetail } from '../../../shared/camera-api.ts';
import { changeCamera } from '../gateway/camera-requests.ts';
import { errorText } from '../gateway/gateway-error.ts';
import { toast } from '../page/announce.ts';
import { closeDialog } from '../page/page-dialog.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { CheckField, TextField } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';
import { type CameraSettingsDraft, patchOf, settingsDraft } from './camera-settings-draft.ts';
import { MoreSettings } from './more-settings.tsx';
import { PasswordFields } from './password-fields.tsx';
import { useCameraDetail } from './use-camera-detail.ts';

type EditCameraDialogProps = { readonly camera: string; readonly field: 'url' | 'password' | undefined };

/** Changes a camera. A password goes in and never comes out. */
export function EditCameraDialog({ camera, field }: EditCameraDialogProps) {
  const { detail, failure } = useCameraDetail(camera);
  return (
    <Dialog title={editCameraTexts.title(detail.value?.name ?? camera)} onClose={closeDialog}>
      {failure.value && <Notice kind="danger">{failure.value}</Notice>}
      {detail.value && <CameraForm detail={detail.value} field={field} />}
    </Dialog>
  );
}

function CameraForm({
  detail,
  field,
}: {
  readonly detail: CameraDetail;
  readonly field: 'url' | 'password' | undefined;
}) {
  const draft = useSignal<CameraSettingsDraft>(settingsDraft(detail));
  const failure = useSignal('');
  const change = (part: Partial<CameraSettingsDraft>) => {
    draft.value = { ...draft.value, ...part };
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    try {
      const changed = await changeCamera(detail.id, patchOf(detail, draft.value));
      closeDialog();
      toast(editCameraTexts.saved(changed.name));
    } catch (error) {
      failure.value = errorText(error);
    }
  };
  if (detail.settings?.definedIn === 'config') return <Notice>{editCameraTexts.inConfig}</Notice>;
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      {failure.value && <Notice kind="danger">{failure.value}</Notice>}
      <div class="form-row">
        <TextField label={addCameraTexts.name} value={draft.value.name} required onInput={(name) => change({ name })} />
        <TextField
          label={addCameraTexts.group}
          value={draft.value.group}
          placeholder={addCameraTexts.optional}
          onInput={(group) => change({ group })}
        />
      </div>
      <TextField
        label={editCameraTexts.address}
        value={draft.value.url}
        code
        required
        autoFocus={field === 'url'}
        onInput={(url) => change({ url })}
      />
      <TextField
        label={editCameraTexts.substream}
        hint={editCameraTexts.substreamHint}
        value={draft.value.substream}
        placeholder={addCameraTexts.optional}
        code
        onInput={(substream) => change({ substream })}
      />
      <PasswordFields
        draft={draft.value}
        hasPassword={detail.settings?.hasPassword ?? false}
        focus={field === 'password'}
        onChange={change}
      />
      <CheckField
        label={editCameraTexts.enabled}
        checked={draft.value.enabled}
        onChange={(enabled) => change({ enabled })}
      />
      <MoreSettings draft={draft.value} onChange={change} />
      <div class="dialog-foot">
        <Button onClick={closeDialog}>{commonTexts.cancel}</Button>
        <Button look="primary" submit>
          {commonTexts.save}
        </Button>
      </div>
    </form>
  );
}
