import { fileURLToPath } from 'node:url';
import { type Plugin, runnerImport } from 'vite';
import type * as english from './src/texts/en/page.ts';

/** Puts the language, and what people read without JavaScript, into the HTML files. */
export function pageLanguage(language: string): Plugin {
  const file = fileURLToPath(new URL(`./src/texts/${language}/page.ts`, import.meta.url));
  return {
    name: 'oriel-page-language',
    async transformIndexHtml(html) {
      const { module } = await runnerImport<typeof english>(file);
      return html.replace('lang="en"', `lang="${language}"`).replace('{needsScript}', module.pageTexts.needsScript);
    },
  };
}
