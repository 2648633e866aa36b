import { useSignal } from '@preact/signals';
import type { UserView } from '../../../shared/api.ts';
import { removeUser } from '../gateway/account-requests.ts';
import { toast } from '../page/announce.ts';
import { peopleTexts } from '../texts/en/people.ts';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { SelectField } from '../ui/field.tsx';

type RemoveUserProps = {
  readonly user: UserView;
  readonly people: readonly UserView[];
  readonly onClose: () => void;
  readonly onRemoved: () => Promise<void>;
};

/**
 * Asks before a person is removed. The links and tokens that the person made end too, unless they are handed to
 * somebody else.
 */
export function RemoveUser({ user, people, onClose, onRemoved }: RemoveUserProps) {
  const heir = useSignal('');
  const hasMade = user.made.links + user.made.tokens > 0;
  return (
    <ConfirmDialog
      title={peopleTexts.removeTitle(user.name)}
      question={peopleTexts.removeQuestion}
      action={peopleTexts.removeAction}
      onClose={onClose}
      onConfirm={async () => {
        await removeUser(user.id, heir.value || undefined);
        toast(peopleTexts.removed(user.name));
        await onRemoved();
      }}
    >
      {hasMade && (
        <SelectField
          label={peopleTexts.made(user.made.links, user.made.tokens)}
          value={heir.value}
          options={[
            ['', peopleTexts.madeEnds],
            ...people
              .filter((other) => mayInherit(other, user))
              .map(({ id, name }) => [id, peopleTexts.madeGoesTo(name)] as const),
          ]}
          onChange={(next) => {
            heir.value = next;
          }}
        />
      )}
    </ConfirmDialog>
  );
}

/** The people who could have made the same links and tokens. The gateway refuses all others. */
function mayInherit({ id, role, cameras }: UserView, { id: gone, made }: UserView): boolean {
  if (id === gone || cameras !== 'all') return false;
  return role === 'admin' || (role === 'operator' && made.tokens === 0);
}
