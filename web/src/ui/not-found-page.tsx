import '../styles/pages.css';
import { commonTexts } from '../texts/en/common.ts';

export function NotFoundPage() {
  return (
    <main class="page">
      <h1>{commonTexts.notFound}</h1>
      <a href="/">{commonTexts.toGrid}</a>
    </main>
  );
}
