import { createHash } from 'node:crypto';

/** How a Kasa camera expects the account's password. It depends on port and firmware, and no camera says which it is. */
export type PasswordForm = 'base64' | 'plain' | 'md5';

/** The forms for the stream, in the order to try: the usual one comes first. */
export const STREAM_FORMS: readonly PasswordForm[] = ['base64', 'plain', 'md5'];
/** The forms for talk-back and control. */
export const CONTROL_FORMS: readonly PasswordForm[] = ['md5', 'plain', 'base64'];

export function transformPassword(password: string, form: PasswordForm): string {
  if (form === 'base64') return Buffer.from(password, 'utf8').toString('base64');
  if (form === 'md5') return createHash('md5').update(password, 'utf8').digest('hex');
  return password;
}

/** The value of the Authorization header. It never goes into a URL. */
export function basicAuthorization(username: string, password: string, form: PasswordForm): string {
  return `Basic ${Buffer.from(`${username}:${transformPassword(password, form)}`, 'utf8').toString('base64')}`;
}

/** The forms in the order to try, beginning with the one that worked last time. */
export function formsToTry(forms: readonly PasswordForm[], remembered: string | undefined): readonly PasswordForm[] {
  const known = forms.find((form) => form === remembered);
  return known ? [known, ...forms.filter((form) => form !== known)] : forms;
}
