import { useSignal } from '@preact/signals';
import type { UserPatch, UserView } from '../../../shared/api.ts';
import type { Role } from '../../../shared/roles.ts';
import { addUser, changeUser } from '../gateway/account-requests.ts';
import { errorText } from '../gateway/gateway-error.ts';
import { toast } from '../page/announce.ts';
import { accountTexts } from '../texts/en/account.ts';
import { commonTexts } from '../texts/en/common.ts';
import { peopleTexts } from '../texts/en/people.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';
import { type CameraRights, RightsField } from './rights-field.tsx';
import { RoleField } from './role-field.tsx';

type UserDialogProps = {
  /** Undefined when a new person is added. */
  readonly user: UserView | undefined;
  readonly onClose: () => void;
  readonly onSaved: () => Promise<void>;
};

type Draft = {
  readonly name: string;
  readonly role: Role;
  readonly cameras: CameraRights;
  readonly password: string;
};

export function UserDialog({ user, onClose, onSaved }: UserDialogProps) {
  const draft = useSignal<Draft>({
    name: user?.name ?? '',
    role: user?.role ?? 'viewer',
    cameras: user?.cameras ?? 'all',
    password: '',
  });
  const failure = useSignal('');
  const { name, role, cameras, password } = draft.value;
  const change = (part: Partial<Draft>) => {
    draft.value = { ...draft.value, ...part };
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    try {
      const saved = user ? await changeUser(user.id, patchOf(user, draft.value)) : await addUser(draft.value);
      await onSaved();
      toast(peopleTexts.saved(saved.name));
      onClose();
    } catch (error) {
      failure.value = errorText(error);
    }
  };
  return (
    <Dialog title={user ? peopleTexts.editUser(user.name) : peopleTexts.addUser} narrow onClose={onClose}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        {failure.value && <Notice kind="danger">{failure.value}</Notice>}
        <TextField
          label={accountTexts.name}
          value={name}
          required
          autoFocus
          onInput={(text) => change({ name: text })}
        />
        <RoleField value={role} onChange={(next) => change({ role: next })} />
        <RightsField value={cameras} onChange={(next) => change({ cameras: next })} />
        <TextField
          label={user ? accountTexts.newPassword : accountTexts.password}
          hint={user ? peopleTexts.passwordKept : accountTexts.passwordHint}
          type="password"
          autoComplete="new-password"
          minLength={10}
          required={!user}
          value={password}
          onInput={(text) => change({ password: text })}
        />
        {user && <p class="quiet">{peopleTexts.signsOut}</p>}
        <div class="dialog-foot">
          <Button onClick={onClose}>{commonTexts.cancel}</Button>
          <Button look="primary" submit>
            {commonTexts.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Holds only what was changed, because other rights sign the person out. */
function patchOf(user: UserView, draft: Draft): UserPatch {
  return {
    ...(draft.name !== user.name && { name: draft.name }),
    ...(draft.role !== user.role && { role: draft.role }),
    ...(String(draft.cameras) !== String(user.cameras) && { cameras: draft.cameras }),
    ...(draft.password !== '' && { password: draft.password }),
  };
}
