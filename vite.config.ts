import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { pageLanguage } from './web/page-language.ts';

const gateway = process.env.ORIEL_GATEWAY ?? 'http://localhost:8080';
const language = process.env.ORIEL_LANGUAGE ?? 'en';
const web = (path: string) => fileURLToPath(new URL(`./web/${path}`, import.meta.url));

export default defineConfig({
  root: web(''),
  plugins: [pageLanguage(language)],
  // The sources import the English texts; the pages of another language get its files of the same name.
  resolve: { alias: [{ find: /\/texts\/en\//, replacement: `/texts/${language}/` }] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  server: {
    proxy: {
      '/api': { target: gateway },
      '/socket.io': { target: gateway, ws: true },
    },
  },
  build: {
    outDir: fileURLToPath(new URL(`./dist/web/${language}`, import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    // The content security policy allows no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: web('index.html'), embed: web('embed.html'), 'oriel-player': web('src/embed/oriel-player.ts') },
      output: {
        // Foreign pages name the web component by its address: the one file without a hash.
        entryFileNames: ({ name }) => (name === 'oriel-player' ? 'oriel-player.js' : 'assets/[name]-[hash].js'),
      },
      preserveEntrySignatures: 'allow-extension',
    },
  },
});
