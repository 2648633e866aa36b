import '../styles/pages.css';
import { useSignal } from '@preact/signals';
import { signInByLink } from '../dashboard/session.ts';
import { GatewayError } from '../gateway/gateway-error.ts';
import { navigate } from '../page/route.ts';
import { accountTexts } from '../texts/en/account.ts';
import { commonTexts } from '../texts/en/common.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { usePageTitle } from '../ui/use-page-title.ts';

/** Behind a one-time link. It is used up by a click, and by nothing that merely opens or previews it. */
export function SignInLinkPage({ link }: { readonly link: string }) {
  const failure = useSignal('');
  const working = useSignal(false);
  usePageTitle(accountTexts.signIn);
  const submit = async (event: Event) => {
    event.preventDefault();
    working.value = true;
    try {
      await signInByLink(link);
      navigate('/', { replace: true });
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'not-signed-in') navigate('/?link=used', { replace: true });
      else failure.value = error instanceof Error ? error.message : String(error);
    } finally {
      working.value = false;
    }
  };
  return (
    <main class="sign-in">
      <form class="card form" onSubmit={(event) => void submit(event)}>
        <h1>{commonTexts.product}</h1>
        {failure.value && <Notice kind="danger">{failure.value}</Notice>}
        <p>{accountTexts.linkOnce}</p>
        <Button look="primary" submit disabled={working.value}>
          {accountTexts.signIn}
        </Button>
      </form>
    </main>
  );
}
