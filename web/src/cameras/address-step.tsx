import type { ErrorCode } from '../../../shared/error-code.ts';
import type { Recognised } from '../../../shared/recognise.ts';
import { CAMERA_BRANDS, KNOWN_SCHEMES } from '../../../shared/source-kinds.ts';
import { accountTexts } from '../texts/en/account.ts';
import { addCameraTexts } from '../texts/en/add-camera.ts';
import { firstCameraTexts } from '../texts/en/first-camera.ts';
import { SelectField, TextField } from '../ui/field.tsx';
import { type CameraDraft, withoutCredentials } from './camera-draft.ts';

type AddressStepProps = {
  readonly draft: CameraDraft;
  readonly recognised: Recognised;
  /** Why the last look failed; marks the field that helps. */
  readonly error: ErrorCode | undefined;
  readonly onChange: (part: Partial<CameraDraft>) => void;
};

/**
 * One field that takes any address, a sentence that says what Oriel recognises in it, and the other fields that this
 * address needs.
 */
export function AddressStep({ draft, recognised, error, onChange }: AddressStepProps) {
  const isFound = recognised.is === 'host' || recognised.is === 'camera';
  const wantsPassword = error === 'wrong-password' || error === 'needs-password';
  return (
    <>
      <TextField
        label={firstCameraTexts.field}
        value={draft.address}
        placeholder="rtsp://192.168.1.100/stream1"
        code
        autoFocus
        hint={<span aria-live="polite">{recognisedText(recognised)}</span>}
        error={error === 'no-such-path' ? addCameraTexts.otherPath : undefined}
        onInput={(address) => onChange({ address })}
        onBlur={() => onChange(withoutCredentials(recognised))}
      />
      {recognised.is === 'host' && (
        <SelectField
          label={addCameraTexts.maker}
          hint={CAMERA_BRANDS.find(({ name }) => name === draft.brand)?.note ?? addCameraTexts.makerHint}
          value={draft.brand}
          options={[['', addCameraTexts.chooseMaker], ...CAMERA_BRANDS.map(({ name }) => [name, name] as const)]}
          onChange={(brand) => onChange({ brand })}
        />
      )}
      {isFound && (
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
            hint={addCameraTexts.passwordHint}
            error={wantsPassword ? addCameraTexts.checkPassword : undefined}
            onInput={(password) => onChange({ password })}
          />
        </div>
      )}
    </>
  );
}

function problemText(text: string | ((schemes: string) => string)): string {
  return typeof text === 'string' ? text : text(KNOWN_SCHEMES);
}

function recognisedText(recognised: Recognised): string {
  const words = addCameraTexts.recognised;
  switch (recognised.is) {
    case 'nothing':
      return words.nothing;
    case 'problem':
      return problemText(addCameraTexts.problems[recognised.problem]);
    case 'host':
      return words.host(recognised.host);
    case 'camera':
      return [
        words.kinds[recognised.kind],
        recognised.isEncrypted && words.encrypted,
        recognised.brand && words.brand(recognised.brand),
        recognised.username !== undefined && words.credentials,
        recognised.substream && words.substream,
      ]
        .filter(Boolean)
        .join(' ');
  }
}
