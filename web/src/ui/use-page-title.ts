import { useEffect } from 'preact/hooks';
import { commonTexts } from '../texts/en/common.ts';

export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${commonTexts.product}`;
  }, [title]);
}
