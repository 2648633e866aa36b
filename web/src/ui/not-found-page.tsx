import '../styles/pages.css';
import { commonTexts } from '../texts/en/common.ts';

export function NotFoundPage() {
  return <DeadEnd sentence={commonTexts.notFound} />;
}

/** In place of a page that this person may not open: its buttons would only be refused. */
export function ForbiddenPage() {
  return <DeadEnd sentence={commonTexts.notForYou} />;
}

function DeadEnd({ sentence }: { readonly sentence: string }) {
  return (
    <main class="page">
      <h1>{sentence}</h1>
      <a href="/">{commonTexts.toGrid}</a>
    </main>
  );
}
