import '../styles/pages.css';
import { texts } from '../texts.ts';

export function NotFoundPage() {
  return (
    <main class="page">
      <h1>{texts.common.notFound}</h1>
      <a href="/">{texts.common.toGrid}</a>
    </main>
  );
}
