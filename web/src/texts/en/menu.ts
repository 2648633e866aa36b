/** The menu of the account, and the titles of the pages that it opens. */
export const menuTexts = {
  title: 'Account and pages',
  account: 'My account',
  people: 'People and access',
  viewers: 'Who is watching',
  audit: 'Audit log',
  shares: 'Share links',
  choosePassword: 'Choose a password',
  light: 'Light theme',
  dark: 'Dark theme',
  signOut: 'Sign out',
};
