import { useSignal } from '@preact/signals';
import type { UserView } from '../../../shared/api.ts';
import { session } from '../dashboard/session.ts';
import { listUsers } from '../gateway/account-requests.ts';
import { commonTexts } from '../texts/en/common.ts';
import { peopleTexts } from '../texts/en/people.ts';
import { roleTexts } from '../texts/en/roles.ts';
import { Button } from '../ui/button.tsx';
import { useList } from '../ui/use-list.ts';
import { RemoveUser } from './remove-user.tsx';
import { rightsText } from './rights-field.tsx';
import { UserDialog } from './user-dialog.tsx';

type Open = { readonly kind: 'add' } | { readonly kind: 'edit' | 'remove'; readonly user: UserView };

export function Users() {
  const { items, refresh } = useList(listUsers);
  const open = useSignal<Open | undefined>(undefined);
  const close = () => {
    open.value = undefined;
  };
  return (
    <section class="card">
      <div class="page-head">
        <h2>{peopleTexts.users}</h2>
        <Button icon="add" onClick={() => (open.value = { kind: 'add' })}>
          {peopleTexts.addUser}
        </Button>
      </div>
      <ul class="rows">
        {items.value?.map((user) => (
          <li key={user.id} class="row">
            <span class="row-main">
              <span dir="auto">{user.name}</span>
              <span class="quiet">
                {roleTexts[user.role].name} · {rightsText(user.cameras)}
              </span>
            </span>
            {user.name === session.value?.name && <span class="badge badge-good">{peopleTexts.you}</span>}
            {!user.hasPassword && <span class="badge badge-warning">{peopleTexts.noPassword}</span>}
            <Button small onClick={() => (open.value = { kind: 'edit', user })}>
              {commonTexts.edit}
            </Button>
            {user.name !== session.value?.name && (
              <Button
                small
                icon="delete"
                label={peopleTexts.remove(user.name)}
                onClick={() => (open.value = { kind: 'remove', user })}
              />
            )}
          </li>
        ))}
      </ul>
      {open.value?.kind === 'add' && <UserDialog user={undefined} onClose={close} onSaved={refresh} />}
      {open.value?.kind === 'edit' && <UserDialog user={open.value.user} onClose={close} onSaved={refresh} />}
      {open.value?.kind === 'remove' && (
        <RemoveUser user={open.value.user} people={items.value ?? []} onClose={close} onRemoved={refresh} />
      )}
    </section>
  );
}
