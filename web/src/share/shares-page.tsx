import { menuTexts } from '../texts/en/menu.ts';
import { shareTexts } from '../texts/en/share.ts';
import '../styles/share.css';
import { PageHead } from '../ui/page-head.tsx';
import { usePageTitle } from '../ui/use-page-title.ts';
import { ShareList } from './share-list.tsx';

/** Every link that was ever made, the open ones first. */
export function SharesPage() {
  usePageTitle(menuTexts.shares);
  return (
    <main class="page">
      <PageHead title={menuTexts.shares} />
      <section class="card">
        <p class="quiet">{shareTexts.allHint}</p>
        <ShareList />
      </section>
    </main>
  );
}
