import { useSignal } from '@preact/signals';
import { changeAccount, session } from '../dashboard/session.ts';
import { errorText } from '../gateway/gateway-error.ts';
import { toast } from '../page/announce.ts';
import { closeDialog } from '../page/page-dialog.ts';
import { accountTexts } from '../texts/en/account.ts';
import { commonTexts } from '../texts/en/common.ts';
import { menuTexts } from '../texts/en/menu.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';

/** Shown to a person who came by the one-time link: without a password they could not come back. */
export function WelcomeDialog() {
  const name = useSignal(session.value?.name ?? '');
  const password = useSignal('');
  const failure = useSignal('');
  const submit = async (event: Event) => {
    event.preventDefault();
    try {
      await changeAccount({ name: name.value.trim(), password: password.value });
      closeDialog();
      toast(accountTexts.passwordChosen);
    } catch (error) {
      failure.value = errorText(error);
    }
  };
  return (
    <Dialog title={menuTexts.choosePassword} narrow onClose={closeDialog}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <p class="quiet">{accountTexts.chooseText}</p>
        {failure.value && <Notice kind="danger">{failure.value}</Notice>}
        <TextField
          label={accountTexts.name}
          value={name.value}
          autoComplete="username"
          required
          onInput={(value) => {
            name.value = value;
          }}
        />
        <TextField
          label={accountTexts.newPassword}
          hint={accountTexts.passwordHint}
          type="password"
          value={password.value}
          autoComplete="new-password"
          minLength={10}
          required
          onInput={(value) => {
            password.value = value;
          }}
        />
        <div class="dialog-foot">
          <Button onClick={closeDialog}>{commonTexts.later}</Button>
          <Button look="primary" submit>
            {commonTexts.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
