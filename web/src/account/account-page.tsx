import { menuTexts } from '../texts/en/menu.ts';
import { PageHead } from '../ui/page-head.tsx';
import { usePageTitle } from '../ui/use-page-title.ts';
import { PasswordForm } from './password-form.tsx';
import { SignIns } from './sign-ins.tsx';

export function AccountPage() {
  usePageTitle(menuTexts.account);
  return (
    <main class="page page-narrow">
      <PageHead title={menuTexts.account} />
      <PasswordForm />
      <SignIns />
    </main>
  );
}
