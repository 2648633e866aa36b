import { useSignal } from '@preact/signals';
import { changeAccount, session } from '../dashboard/session.ts';
import { errorText } from '../gateway/gateway-error.ts';
import { toast } from '../page/announce.ts';
import { accountTexts } from '../texts/en/account.ts';
import { commonTexts } from '../texts/en/common.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';

/** Changes the name and the password of this account. A new password signs all its other browsers out. */
export function PasswordForm() {
  const name = useSignal(session.value?.name ?? '');
  const current = useSignal('');
  const password = useSignal('');
  const failure = useSignal('');
  const submit = async (event: Event) => {
    event.preventDefault();
    failure.value = '';
    try {
      await changeAccount({
        ...(name.value.trim() !== session.value?.name && { name: name.value.trim() }),
        ...(password.value !== '' && { password: password.value, currentPassword: current.value }),
      });
      current.value = '';
      password.value = '';
      toast(commonTexts.saved);
    } catch (error) {
      failure.value = errorText(error);
    }
  };
  return (
    <section class="card">
      <h2>{accountTexts.nameAndPassword}</h2>
      <form class="form" onSubmit={(event) => void submit(event)}>
        {failure.value && <Notice kind="danger">{failure.value}</Notice>}
        <TextField
          label={accountTexts.name}
          value={name.value}
          autoComplete="username"
          required
          onInput={(text) => {
            name.value = text;
          }}
        />
        <div class="form-row">
          <TextField
            label={accountTexts.currentPassword}
            type="password"
            autoComplete="current-password"
            value={current.value}
            required={password.value !== '' && session.value?.needsPassword === false}
            onInput={(text) => {
              current.value = text;
            }}
          />
          <TextField
            label={accountTexts.newPassword}
            hint={accountTexts.passwordHint}
            type="password"
            autoComplete="new-password"
            minLength={10}
            value={password.value}
            onInput={(text) => {
              password.value = text;
            }}
          />
        </div>
        <p class="quiet">{accountTexts.passwordSignsOut}</p>
        <div class="dialog-foot">
          <Button look="primary" submit>
            {commonTexts.save}
          </Button>
        </div>
      </form>
    </section>
  );
}
