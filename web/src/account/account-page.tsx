import { texts } from '../texts.ts';
import { PageHead } from '../ui/page-head.tsx';
import { usePageTitle } from '../ui/use-page-title.ts';
import { PasswordForm } from './password-form.tsx';
import { SignIns } from './sign-ins.tsx';

export function AccountPage() {
  usePageTitle(texts.account.title);
  return (
    <main class="page page-narrow">
      <PageHead title={texts.account.title} />
      <PasswordForm />
      <SignIns />
    </main>
  );
}
