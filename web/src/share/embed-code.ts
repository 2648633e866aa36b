export type EmbedOptions = { readonly theme: 'dark' | 'light'; readonly controls: boolean };

/** The word that the person replaces by the token of a share link or of a program. */
export const TOKEN_PLACE = 'TOKEN';

export function iframeSnippet(origin: string, camera: string, name: string, options: EmbedOptions): string {
  const query = new URLSearchParams({ token: TOKEN_PLACE });
  if (options.theme !== 'dark') query.set('theme', options.theme);
  if (!options.controls) query.set('controls', 'none');
  const src = `${origin}/embed/${encodeURIComponent(camera)}?${query}`;
  return [
    `<iframe src="${escaped(src)}"`,
    `  title="${escaped(name)}" width="640" height="360"`,
    '  allow="autoplay; fullscreen; picture-in-picture"',
    '  style="border:0;aspect-ratio:16/9"></iframe>',
  ].join('\n');
}

export function webComponentSnippet(origin: string, camera: string, options: EmbedOptions): string {
  const controls = options.controls ? '' : ' controls="none"';
  return [
    `<script type="module" src="${escaped(origin)}/oriel-player.js"></script>`,
    `<oriel-player camera="${escaped(camera)}" token="${TOKEN_PLACE}"${controls}></oriel-player>`,
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
