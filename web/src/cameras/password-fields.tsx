import { accountTexts } from '../texts/en/account.ts';
import { addCameraTexts } from '../texts/en/add-camera.ts';
import { editCameraTexts } from '../texts/en/edit-camera.ts';
import { TextField } from '../ui/field.tsx';
import type { CameraSettingsDraft } from './camera-settings-draft.ts';

type PasswordFieldsProps = {
  readonly draft: CameraSettingsDraft;
  readonly hasPassword: boolean;
  readonly focus: boolean;
  readonly onChange: (part: Partial<CameraSettingsDraft>) => void;
};

/** The stored password is never shown: an empty field keeps it. */
export function PasswordFields({ draft, hasPassword, focus, onChange }: PasswordFieldsProps) {
  return (
    <div class="form-row">
      <TextField
        label={addCameraTexts.username}
        value={draft.username}
        onInput={(username) => onChange({ username })}
      />
      <TextField
        label={accountTexts.password}
        type="password"
        autoComplete="new-password"
        value={draft.password}
        placeholder={hasPassword ? editCameraTexts.passwordKept : ''}
        hint={addCameraTexts.passwordHint}
        autoFocus={focus}
        onInput={(password) => onChange({ password })}
      />
    </div>
  );
}
