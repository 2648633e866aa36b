/** The code that puts a camera into another page. */
export const embedCodeTexts = {
  about: 'Paste one of these into a page. Put the token of a share link in place of TOKEN.',
  theme: 'Theme',
  themes: { dark: 'Dark', light: 'Light' },
  controls: 'With controls',
  iframe: 'As an iframe',
  component: 'As a web component',
  origins: 'Sites that may embed it',
};
