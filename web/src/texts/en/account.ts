/** Signing in, and the page of one's own account. */
export const accountTexts = {
  signIn: 'Sign in',
  name: 'Name',
  password: 'Password',
  wrong: 'This name and password do not belong together. Check both and try again.',
  signInHint: 'No account yet? The gateway prints a one-time link when it starts for the first time.',
  chooseText:
    'The link that brought you here works once. Choose the name and password you will sign in with from now on.',
  newPassword: 'New password',
  passwordHint: 'At least 10 characters.',
  passwordChosen: 'From now on, sign in with this name and password.',
  nameAndPassword: 'Name and password',
  currentPassword: 'Current password',
  passwordSignsOut: 'A new password signs all your other browsers out.',
  signIns: 'Signed-in browsers',
  lastUsed: 'last used',
  thisBrowser: 'This browser',
  unknownBrowser: 'Unknown browser',
  browserOn: (browser: string, system: string) => `${browser} on ${system}`,
  confirm: 'Confirm',
  linkOnce: 'This link signs one browser in, once. Sign in with this one?',
  linkUsed: 'This link was used before or has expired. Sign in with your name and password.',
};
