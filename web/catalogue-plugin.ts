import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Plugin, runnerImport } from 'vite';
import type * as english from './src/texts/en.ts';

const CATALOGUE = 'src/texts.ts';
const IMPORTS = /^import \{([^}]+)\} from '([./]+texts\.ts)';$/gm;
const SECTION = /texts\.ts\?(\w+)$/;

/**
 * Takes the texts from `web/src/texts/LANGUAGE.ts`, and each constant of it only to the pages that import it: a bundler
 * never splits one file over several chunks, so each constant is handed to it as a file of its own.
 */
export function catalogue(language: string): Plugin {
  const file = fileURLToPath(new URL(`./src/texts/${language}.ts`, import.meta.url));
  return {
    name: 'oriel-catalogue',
    enforce: 'pre',
    transform(code, id) {
      if (!code.includes('texts.ts') || id.endsWith(CATALOGUE)) return undefined;
      return code.replaceAll(IMPORTS, (_statement, names: string, from: string) => {
        const constants = names.split(',').map((name) => name.trim());
        return constants.map((name) => `import { ${name} } from '${from}?${name}';`).join(' ');
      });
    },
    resolveId(source) {
      const constant = SECTION.exec(source)?.[1];
      return constant && `${file}?${constant}`;
    },
    load(id) {
      const [path, constant] = id.split('?');
      if (path !== file) return undefined;
      this.addWatchFile(file);
      // What is not exported is not used, and left out.
      return readFileSync(file, 'utf8').replaceAll(/^export const (\w+)/gm, (statement, name) =>
        name === constant ? statement : `const ${name}`,
      );
    },
    async transformIndexHtml(html) {
      const { module } = await runnerImport<typeof english>(file);
      return html.replace('lang="en"', `lang="${language}"`).replace('{needsScript}', module.pageTexts.needsScript);
    },
  };
}
