import { useSignal } from '@preact/signals';
import type { Role } from '../../../shared/roles.ts';
import { makeToken } from '../gateway/account-requests.ts';
import { errorText } from '../gateway/gateway-error.ts';
import { accountTexts } from '../texts/en/account.ts';
import { commonTexts } from '../texts/en/common.ts';
import { peopleTexts } from '../texts/en/people.ts';
import { Button } from '../ui/button.tsx';
import { CopyField } from '../ui/copy-field.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField, TextField } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';
import { type CameraRights, RightsField } from './rights-field.tsx';
import { RoleField } from './role-field.tsx';

type TokenDialogProps = { readonly onClose: () => void; readonly onMade: () => Promise<void> };

const LIVES = ['month', 'year', 'never'] as const;
type Life = (typeof LIVES)[number];
const MONTH_MS = 30 * 24 * 3600_000;

/** Without a choice the gateway lets a token live for a year. */
function endOf(life: Life, nowMs: number): { readonly expiresAt?: number | null } {
  if (life === 'year') return {};
  return { expiresAt: life === 'never' ? null : nowMs + MONTH_MS };
}

export function TokenDialog({ onClose, onMade }: TokenDialogProps) {
  const name = useSignal('');
  const role = useSignal<Role>('viewer');
  const rights = useSignal<CameraRights>('all');
  const life = useSignal<Life>('year');
  const failure = useSignal('');
  const token = useSignal('');
  const submit = async (event: Event) => {
    event.preventDefault();
    try {
      const made = await makeToken({
        name: name.value.trim(),
        role: role.value,
        cameras: rights.value,
        ...endOf(life.value, Date.now()),
      });
      token.value = made.token;
      await onMade();
    } catch (error) {
      failure.value = errorText(error);
    }
  };
  if (token.value) {
    return (
      <Dialog title={peopleTexts.makeToken} narrow onClose={onClose}>
        <Notice kind="good">{peopleTexts.tokenMade}</Notice>
        <CopyField label={peopleTexts.token} value={token.value} />
      </Dialog>
    );
  }
  return (
    <Dialog title={peopleTexts.makeToken} narrow onClose={onClose}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        {failure.value && <Notice kind="danger">{failure.value}</Notice>}
        <TextField
          label={accountTexts.name}
          value={name.value}
          placeholder="home-assistant"
          required
          autoFocus
          onInput={(text) => {
            name.value = text;
          }}
        />
        <RoleField
          value={role.value}
          onChange={(next) => {
            role.value = next;
          }}
        />
        <RightsField
          value={rights.value}
          onChange={(next) => {
            rights.value = next;
          }}
        />
        <SelectField
          label={peopleTexts.tokenEnds}
          value={life.value}
          options={LIVES.map((one) => [one, peopleTexts.tokenLife[one]] as const)}
          onChange={(next) => {
            life.value = next;
          }}
        />
        <div class="dialog-foot">
          <Button onClick={onClose}>{commonTexts.cancel}</Button>
          <Button look="primary" submit>
            {peopleTexts.makeToken}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
