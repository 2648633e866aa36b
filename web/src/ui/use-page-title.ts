import { useEffect } from 'preact/hooks';
import { texts } from '../texts.ts';

export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${texts.common.product}`;
  }, [title]);
}
