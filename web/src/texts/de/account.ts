import type * as english from '../en/account.ts';

export const accountTexts: typeof english.accountTexts = {
  signIn: 'Anmelden',
  name: 'Name',
  password: 'Passwort',
  wrong: 'Dieser Name und dieses Passwort gehören nicht zusammen. Prüfen Sie beide und versuchen Sie es erneut.',
  signInHint: 'Noch kein Konto? Das Gateway zeigt beim ersten Start einen Link, der einmal anmeldet.',
  chooseText:
    'Der Link, über den Sie gekommen sind, gilt nur einmal. Wählen Sie Name und Passwort, mit denen Sie sich künftig anmelden.',
  newPassword: 'Neues Passwort',
  passwordHint: 'Mindestens 10 Zeichen.',
  passwordChosen: 'Melden Sie sich künftig mit diesem Namen und Passwort an.',
  nameAndPassword: 'Name und Passwort',
  currentPassword: 'Bisheriges Passwort',
  passwordSignsOut: 'Ein neues Passwort meldet alle Ihre anderen Browser ab.',
  signIns: 'Angemeldete Browser',
  lastUsed: 'zuletzt benutzt',
  thisBrowser: 'Dieser Browser',
  unknownBrowser: 'Unbekannter Browser',
  browserOn: (browser, system) => `${browser} auf ${system}`,
  confirm: 'Bestätigen',
  linkOnce: 'Dieser Link meldet einmal einen Browser an. Mit diesem hier anmelden?',
  linkUsed: 'Dieser Link wurde schon benutzt oder ist abgelaufen. Melden Sie sich mit Name und Passwort an.',
};
