import type { CameraInput } from '../../../shared/camera-api.ts';
import { texts } from '../texts.ts';
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
      <summary>{texts.edit.more}</summary>
      <div class="form">
        <div class="form-row">
          <SelectField
            label={texts.edit.transport}
            value={draft.transport}
            options={TRANSPORTS.map((name) => [name, texts.edit.transports[name]] as const)}
            onChange={(transport) => onChange({ transport })}
          />
          <SelectField
            label={texts.edit.whenOffline}
            value={draft.whenOffline}
            options={WHEN_OFFLINE.map((name) => [name, texts.edit.offline[name]] as const)}
            onChange={(whenOffline) => onChange({ whenOffline })}
          />
        </div>
        <TextField
          label={texts.edit.fallback}
          hint={texts.edit.fallbackHint}
          value={draft.fallback}
          placeholder={texts.add.optional}
          code
          onInput={(fallback) => onChange({ fallback })}
        />
        <TextField
          label={texts.edit.via}
          hint={texts.edit.viaHint}
          value={draft.via}
          placeholder="agent/warehouse"
          code
          onInput={(via) => onChange({ via })}
        />
        <TextField
          label={texts.edit.embedOrigins}
          hint={texts.edit.embedOriginsHint}
          value={draft.embedOrigins}
          placeholder="https://www.example.com"
          code
          onInput={(embedOrigins) => onChange({ embedOrigins })}
        />
      </div>
    </details>
  );
}
