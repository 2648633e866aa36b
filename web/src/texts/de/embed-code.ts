import type * as english from '../en/embed-code.ts';

export const embedCodeTexts: typeof english.embedCodeTexts = {
  about: 'Fügen Sie eines davon in eine Seite ein. An die Stelle von TOKEN kommt das Token eines geteilten Links.',
  theme: 'Darstellung',
  themes: { dark: 'Dunkel', light: 'Hell' },
  controls: 'Mit Bedienung',
  iframe: 'Als iframe',
  component: 'Als Web-Komponente',
  origins: 'Websites, die sie einbetten dürfen',
};
