import { shareTexts, texts } from '../texts.ts';
import '../styles/share.css';
import { PageHead } from '../ui/page-head.tsx';
import { usePageTitle } from '../ui/use-page-title.ts';
import { ShareList } from './share-list.tsx';

/** Every link that was ever made, the open ones first. */
export function SharesPage() {
  usePageTitle(texts.account.shares);
  return (
    <main class="page">
      <PageHead title={texts.account.shares} />
      <section class="card">
        <p class="quiet">{shareTexts.share.allHint}</p>
        <ShareList />
      </section>
    </main>
  );
}
