import { useSignal } from '@preact/signals';
import type { TokenView } from '../../../shared/api.ts';
import { listTokens, revokeToken } from '../gateway/account-requests.ts';
import { toastError } from '../page/announce.ts';
import { peopleTexts } from '../texts/en/people.ts';
import { roleTexts } from '../texts/en/roles.ts';
import { Button } from '../ui/button.tsx';
import { Moment } from '../ui/moment.tsx';
import { useList } from '../ui/use-list.ts';
import { rightsText } from './rights-field.tsx';
import { TokenDialog } from './token-dialog.tsx';

/** Rights for programs: home automation, recorders, scripts. */
export function ApiTokens() {
  const { items, refresh } = useList(listTokens);
  const making = useSignal(false);
  return (
    <section class="card">
      <div class="page-head">
        <h2>{peopleTexts.tokens}</h2>
        <Button icon="add" onClick={() => (making.value = true)}>
          {peopleTexts.makeToken}
        </Button>
      </div>
      <p class="quiet">{peopleTexts.tokensHint}</p>
      <ul class="rows">
        {items.value?.map((token) => (
          <TokenRow
            key={token.id}
            token={token}
            onRevoke={() => void revokeToken(token.id).then(refresh, toastError)}
          />
        ))}
      </ul>
      {making.value && <TokenDialog onClose={() => (making.value = false)} onMade={refresh} />}
    </section>
  );
}

function TokenRow({ token, onRevoke }: { readonly token: TokenView; readonly onRevoke: () => void }) {
  return (
    <li class="row">
      <span class="row-main">
        <span dir="auto">{token.name}</span>
        <span class="quiet">
          {roleTexts[token.role].name} · {rightsText(token.cameras)} · {peopleTexts.lastUsed}{' '}
          {token.lastUsedAt === undefined ? peopleTexts.never : <Moment at={token.lastUsedAt} />} ·{' '}
          {token.expiresAt === undefined ? (
            peopleTexts.tokenEndless
          ) : (
            <>
              {peopleTexts.tokenEndsAt} <Moment at={token.expiresAt} />
            </>
          )}
        </span>
      </span>
      <Button small look="danger" onClick={onRevoke}>
        {peopleTexts.revokeToken}
      </Button>
    </li>
  );
}
