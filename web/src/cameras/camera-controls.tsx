import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { CameraControlsView, CameraControlView } from '../../../shared/camera-api.ts';
import { may } from '../dashboard/session.ts';
import { readControls, setControl } from '../gateway/camera-requests.ts';
import { toastError } from '../page/announce.ts';
import type { Player } from '../player/player.ts';
import { cameraPageTexts } from '../texts/en/camera-page.ts';
import { TalkButton } from '../tile/talk-button.tsx';
import { Button } from '../ui/button.tsx';
import { CheckField, SelectField } from '../ui/field.tsx';

type CameraControlsProps = { readonly camera: string; readonly player: Player | undefined };

/** What the camera itself can do; nothing is shown for a camera that can do nothing. */
export function CameraControls({ camera, player }: CameraControlsProps) {
  const view = useSignal<CameraControlsView | undefined>(undefined);
  useEffect(() => {
    // A camera that cannot be asked shows no controls. The picture says already that it is away.
    readControls(camera).then(
      (answer) => {
        view.value = answer;
      },
      () => undefined,
    );
  }, [camera, view]);
  const talk = view.value?.talk && may('talk');
  if (!view.value || (view.value.controls.length === 0 && !talk)) return null;
  const set = (control: string, value: boolean | string) => {
    setControl(camera, control, value)
      .then(() => readControls(camera))
      .then((answer) => {
        view.value = answer;
      }, toastError);
  };
  return (
    <section class="card" aria-label={cameraPageTexts.controls}>
      <h2>{cameraPageTexts.controls}</h2>
      {view.value.controls.map((control) => (
        <Control key={control.name} control={control} onSet={(value) => set(control.name, value)} />
      ))}
      {talk && <TalkButton player={player} wide />}
    </section>
  );
}

type ControlProps = { readonly control: CameraControlView; readonly onSet: (value: boolean | string) => void };

function Control({ control, onSet }: ControlProps) {
  const label = cameraPageTexts.controlNames[control.name] ?? readable(control.name);
  if (control.type === 'switch') {
    // A camera that is switched on has its privacy switch off.
    const isPrivacy = control.name === 'camera';
    return (
      <CheckField
        label={label}
        checked={control.value !== isPrivacy}
        onChange={(checked) => onSet(checked !== isPrivacy)}
      />
    );
  }
  if (control.type === 'choice') {
    const options = control.choices.map((choice) => [choice, readable(choice)] as const);
    return <SelectField label={label} value={control.value} options={options} onChange={onSet} />;
  }
  return (
    <fieldset class="field">
      <legend class="field-label">{label}</legend>
      <div class="control-moves">
        {control.directions.map((direction) => (
          <Button key={direction} onClick={() => onSet(direction)}>
            {readable(direction)}
          </Button>
        ))}
      </div>
    </fieldset>
  );
}

/** Controls are named by the camera, in its own way of writing: `night-vision`. */
function readable(name: string): string {
  const words = name.replaceAll(/[-_]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
