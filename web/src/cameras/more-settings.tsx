import type { CameraInput } from '../../../shared/camera-api.ts';
import { addCameraTexts } from '../texts/en/add-camera.ts';
import { editCameraTexts } from '../texts/en/edit-camera.ts';
import { SelectField, TextField } from '../ui/field.tsx';
import type { CameraSettingsDraft } from './camera-settings-draft.ts';

type Transport = NonNullable<CameraInput['transport']>;
type WhenOffline = NonNullable<CameraInput['whenOffline']>;

const TRANSPORTS: readonly Transport[] = ['auto', 'tcp', 'udp', 'multicast', 'http'];
const WHEN_OFFLINE: readonly WhenOffline[] = ['hold', 'last-frame', 'terminate'];

type MoreSettingsProps = {
  readonly draft: CameraSettingsDraft;
  readonly onChange: (part: Partial<CameraSettingsDraft>) => void;
};

/** What most cameras never need. */
export function MoreSettings({ draft, onChange }: MoreSettingsProps) {
  return (
    <details class="more">
      <summary>{editCameraTexts.more}</summary>
      <div class="form">
        <div class="form-row">
          <SelectField
            label={editCameraTexts.transport}
            value={draft.transport}
            options={TRANSPORTS.map((name) => [name, editCameraTexts.transports[name]] as const)}
            onChange={(transport) => onChange({ transport })}
          />
          <SelectField
            label={editCameraTexts.whenOffline}
            value={draft.whenOffline}
            options={WHEN_OFFLINE.map((name) => [name, editCameraTexts.offline[name]] as const)}
            onChange={(whenOffline) => onChange({ whenOffline })}
          />
        </div>
        <TextField
          label={editCameraTexts.fallback}
          hint={editCameraTexts.fallbackHint}
          value={draft.fallback}
          placeholder={addCameraTexts.optional}
          code
          onInput={(fallback) => onChange({ fallback })}
        />
        <TextField
          label={editCameraTexts.via}
          hint={editCameraTexts.viaHint}
          value={draft.via}
          placeholder="agent/warehouse"
          code
          onInput={(via) => onChange({ via })}
        />
        <TextField
          label={editCameraTexts.embedOrigins}
          hint={editCameraTexts.embedOriginsHint}
          value={draft.embedOrigins}
          placeholder="https://www.example.com"
          code
          onInput={(embedOrigins) => onChange({ embedOrigins })}
        />
      </div>
    </details>
  );
}
