import '../styles/pages.css';
import { useSignal } from '@preact/signals';
import { endedBecause, signIn } from '../dashboard/session.ts';
import { GatewayError } from '../gateway/gateway-error.ts';
import { query } from '../page/route.ts';
import { accountTexts } from '../texts/en/account.ts';
import { commonTexts } from '../texts/en/common.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';
import { usePageTitle } from '../ui/use-page-title.ts';

export function SignInPage() {
  const name = useSignal('');
  const password = useSignal('');
  const failure = useSignal(query.value.get('link') === 'used' ? accountTexts.linkUsed : endedBecause.value);
  const working = useSignal(false);
  usePageTitle(accountTexts.signIn);
  const submit = async (event: Event) => {
    event.preventDefault();
    working.value = true;
    failure.value = '';
    try {
      await signIn({ name: name.value.trim(), password: password.value });
      performance.mark('oriel-signed-in');
    } catch (error) {
      failure.value = sentence(error);
    } finally {
      working.value = false;
    }
  };
  return (
    <main class="sign-in">
      <form class="card form" onSubmit={(event) => void submit(event)}>
        <h1>{commonTexts.product}</h1>
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
          label={accountTexts.password}
          type="password"
          value={password.value}
          autoComplete="current-password"
          required
          onInput={(value) => {
            password.value = value;
          }}
        />
        <Button look="primary" submit disabled={working.value}>
          {accountTexts.signIn}
        </Button>
        <p class="quiet">{accountTexts.signInHint}</p>
      </form>
    </main>
  );
}

function sentence(error: unknown): string {
  if (error instanceof GatewayError && error.code === 'not-signed-in') return accountTexts.wrong;
  return error instanceof Error ? error.message : String(error);
}
