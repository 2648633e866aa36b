import '../styles/pages.css';
import type { ComponentChildren } from 'preact';
import { followLink } from '../page/route.ts';
import { commonTexts } from '../texts/en/common.ts';
import { Icon } from './icon.tsx';

/** The top of a page: the way back to the grid, the title, and the actions of the page. */
export function PageHead({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <header class="page-head">
      <div class="page-title">
        <a
          class="button button-quiet button-icon"
          href="/"
          aria-label={commonTexts.toGrid}
          title={commonTexts.toGrid}
          onClick={followLink}
        >
          <Icon name="back" />
        </a>
        <h1 dir="auto">{title}</h1>
      </div>
      {children && <div class="page-actions">{children}</div>}
    </header>
  );
}
