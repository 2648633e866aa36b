import { useSignal } from '@preact/signals';
import { confirmPassword } from '../gateway/account-requests.ts';
import { errorText } from '../gateway/gateway-error.ts';
import { accountTexts } from '../texts/en/account.ts';
import { commonTexts } from '../texts/en/common.ts';
import { errorTexts } from '../texts/en/errors.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';

/** Before accounts and tokens are made or changed at a browser that signed in a while ago. */
export function ConfirmPasswordDialog({ onAnswer }: { readonly onAnswer: (given: boolean) => void }) {
  const password = useSignal('');
  const failure = useSignal('');
  const working = useSignal(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    working.value = true;
    failure.value = '';
    try {
      await confirmPassword(password.value);
      onAnswer(true);
    } catch (error) {
      failure.value = errorText(error);
    } finally {
      working.value = false;
    }
  };
  return (
    <Dialog title={accountTexts.currentPassword} narrow onClose={() => onAnswer(false)}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <p>{errorTexts['confirm-password']}</p>
        {failure.value && <Notice kind="danger">{failure.value}</Notice>}
        <TextField
          label={accountTexts.password}
          type="password"
          autoComplete="current-password"
          value={password.value}
          required
          onInput={(text) => {
            password.value = text;
          }}
        />
        <div class="dialog-foot">
          <Button onClick={() => onAnswer(false)}>{commonTexts.cancel}</Button>
          <Button look="primary" submit disabled={working.value}>
            {accountTexts.confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
