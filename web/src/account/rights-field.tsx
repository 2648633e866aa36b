import { cameras } from '../dashboard/live.ts';
import { peopleTexts } from '../texts/en/people.ts';
import { CheckField } from '../ui/field.tsx';

export type CameraRights = 'all' | readonly string[];

type RightsFieldProps = { readonly value: CameraRights; readonly onChange: (value: CameraRights) => void };

/** All cameras, or those that are ticked. */
export function RightsField({ value, onChange }: RightsFieldProps) {
  const list = cameras.value ?? [];
  const toggle = (id: string, on: boolean) => {
    if (value === 'all') return;
    onChange(on ? [...value, id] : value.filter((other) => other !== id));
  };
  return (
    <fieldset class="field">
      <legend class="field-label">{peopleTexts.cameras}</legend>
      <CheckField
        label={peopleTexts.allCameras}
        checked={value === 'all'}
        onChange={(on) => onChange(on ? 'all' : list.map((camera) => camera.id))}
      />
      {value !== 'all' && (
        <div class="rights">
          {list.map((camera) => (
            <CheckField
              key={camera.id}
              label={<span dir="auto">{camera.name}</span>}
              checked={value.includes(camera.id)}
              onChange={(on) => toggle(camera.id, on)}
            />
          ))}
        </div>
      )}
    </fieldset>
  );
}

export function rightsText(rights: CameraRights): string {
  return rights === 'all' ? peopleTexts.allCameras : peopleTexts.someCameras(rights.length);
}
