// Limits for the compressed size of what a browser loads before it can show the first picture.
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { fail, ROOT } from './setup.mjs';

const FIRST_LOAD_MAX_BYTES = 60 * 1024;
const web = path.join(ROOT, 'dist', 'web');

const pages = fs.readdirSync(web).flatMap((language) => [`${language}/index.html`, `${language}/embed.html`]);

for (const page of pages) {
  const html = fs.readFileSync(path.join(web, page), 'utf8');
  const files = [...html.matchAll(/(?:src|href)="\/?([^"]+\.(?:js|css))"/g)].map((match) => match[1]);
  const sizes = [html, ...files.map((file) => fs.readFileSync(path.join(web, path.dirname(page), file)))].map(
    (content) => gzipSync(content).length,
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  console.log(`${page}: first load ${(total / 1024).toFixed(1)} KB gzip in ${files.length + 1} files`);
  if (total > FIRST_LOAD_MAX_BYTES)
    fail(`${page} loads more than ${FIRST_LOAD_MAX_BYTES / 1024} KB before the first picture.`);
  if (/https?:\/\//.test(html.replaceAll('http://www.w3.org/', ''))) fail(`${page} asks a third party for something.`);
}
