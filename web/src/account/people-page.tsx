import { menuTexts } from '../texts/en/menu.ts';
import { PageHead } from '../ui/page-head.tsx';
import { usePageTitle } from '../ui/use-page-title.ts';
import { ApiTokens } from './api-tokens.tsx';
import { Users } from './users.tsx';

/** The people and the programs that may use this gateway, with their rights. */
export function PeoplePage() {
  usePageTitle(menuTexts.people);
  return (
    <main class="page">
      <PageHead title={menuTexts.people} />
      <Users />
      <ApiTokens />
    </main>
  );
}
