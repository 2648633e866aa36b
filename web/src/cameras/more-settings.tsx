import { CAMERA_SETTINGS } from '../../../shared/camera-settings.ts';
import { addCameraTexts } from '../texts/en/add-camera.ts';
import { editCameraTexts } from '../texts/en/edit-camera.ts';
import { CheckField, SelectField, TextField } from '../ui/field.tsx';
import { type CameraSettingsDraft, type DraftField, fieldsOf } from './camera-settings-draft.ts';

type MoreSettingsProps = {
  readonly draft: CameraSettingsDraft;
  readonly onChange: (part: Partial<CameraSettingsDraft>) => void;
};

/** What the texts say of one setting; a setting without an entry is a type error. */
type SettingText = {
  readonly label: string;
  readonly hint?: string;
  readonly choices?: Readonly<Record<string, string>>;
};

const FIELDS = fieldsOf(CAMERA_SETTINGS).filter(({ setting }) => setting.form.place === 'more');

/** What most cameras never need, as the description of the settings lists it. */
export function MoreSettings({ draft, onChange }: MoreSettingsProps) {
  const values: Readonly<Record<string, string | boolean>> = draft;
  return (
    <details class="more">
      <summary>{editCameraTexts.more}</summary>
      <div class="form">
        {FIELDS.map((field) => (
          <SettingField
            key={field.path}
            field={field}
            value={values[field.path] ?? ''}
            onChange={(value) => onChange({ [field.path]: value })}
          />
        ))}
      </div>
    </details>
  );
}

type SettingFieldProps = {
  readonly field: DraftField;
  readonly value: string | boolean;
  readonly onChange: (value: string | boolean) => void;
};

function SettingField({ field, value, onChange }: SettingFieldProps) {
  const texts: Readonly<Record<string, SettingText>> = editCameraTexts.settings;
  const { label, hint, choices = {} } = texts[field.path] ?? { label: field.path };
  const { control, placeholder, min, max, choices: names = [] } = field.setting.form;
  if (typeof value === 'boolean') return <CheckField label={label} checked={value} onChange={onChange} />;
  if (control === 'choice') {
    const options = names.map((name) => [name, choices[name] ?? name] as const);
    return <SelectField label={label} hint={hint} value={value} options={options} onChange={onChange} />;
  }
  return (
    <TextField
      label={label}
      hint={hint}
      value={value}
      type={control === 'number' ? 'number' : 'text'}
      min={min}
      max={max}
      placeholder={placeholder ?? addCameraTexts.optional}
      code={control !== 'text' && control !== 'number'}
      onInput={onChange}
    />
  );
}
