import type { CameraInput } from '../../../shared/camera-api.ts';
import { cameraTexts } from '../texts.ts';
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
      <summary>{cameraTexts.edit.more}</summary>
      <div class="form">
        <div class="form-row">
          <SelectField
            label={cameraTexts.edit.transport}
            value={draft.transport}
            options={TRANSPORTS.map((name) => [name, cameraTexts.edit.transports[name]] as const)}
            onChange={(transport) => onChange({ transport })}
          />
          <SelectField
            label={cameraTexts.edit.whenOffline}
            value={draft.whenOffline}
            options={WHEN_OFFLINE.map((name) => [name, cameraTexts.edit.offline[name]] as const)}
            onChange={(whenOffline) => onChange({ whenOffline })}
          />
        </div>
        <TextField
          label={cameraTexts.edit.fallback}
          hint={cameraTexts.edit.fallbackHint}
          value={draft.fallback}
          placeholder={cameraTexts.add.optional}
          code
          onInput={(fallback) => onChange({ fallback })}
        />
        <TextField
          label={cameraTexts.edit.via}
          hint={cameraTexts.edit.viaHint}
          value={draft.via}
          placeholder="agent/warehouse"
          code
          onInput={(via) => onChange({ via })}
        />
        <TextField
          label={cameraTexts.edit.embedOrigins}
          hint={cameraTexts.edit.embedOriginsHint}
          value={draft.embedOrigins}
          placeholder="https://www.example.com"
          code
          onInput={(embedOrigins) => onChange({ embedOrigins })}
        />
      </div>
    </details>
  );
}
