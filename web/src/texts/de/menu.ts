import type * as english from '../en/menu.ts';

export const menuTexts: typeof english.menuTexts = {
  title: 'Konto und Seiten',
  account: 'Mein Konto',
  people: 'Personen und Zugang',
  viewers: 'Wer sieht zu',
  audit: 'Protokoll',
  shares: 'Geteilte Links',
  choosePassword: 'Passwort wählen',
  light: 'Helle Darstellung',
  dark: 'Dunkle Darstellung',
  signOut: 'Abmelden',
};
