import type { SignedInView } from '../../../shared/api.ts';
import { endSignIn, listSignIns } from '../gateway/account-requests.ts';
import { toastError } from '../page/announce.ts';
import { accountTexts } from '../texts/en/account.ts';
import { menuTexts } from '../texts/en/menu.ts';
import { Button } from '../ui/button.tsx';
import { Moment } from '../ui/moment.tsx';
import { useList } from '../ui/use-list.ts';
import { browserName } from './browser-name.ts';

/** The browsers that are signed in to this account, each of which can be signed out from here. */
export function SignIns() {
  const { items, refresh } = useList(listSignIns);
  const end = (signIn: SignedInView) => void endSignIn(signIn.id).then(refresh, toastError);
  return (
    <section class="card">
      <h2>{accountTexts.signIns}</h2>
      <ul class="rows">
        {items.value?.map((signIn) => (
          <li key={signIn.id} class="row">
            <span class="row-main">
              <span>{browserName(signIn.agent)}</span>
              <span class="quiet">
                {signIn.address} · {accountTexts.lastUsed} <Moment at={signIn.lastUsedAt} />
              </span>
            </span>
            {signIn.current ? (
              <span class="badge badge-good">{accountTexts.thisBrowser}</span>
            ) : (
              <Button small onClick={() => end(signIn)}>
                {menuTexts.signOut}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
