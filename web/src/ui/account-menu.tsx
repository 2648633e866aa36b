import { navigate } from '../route.ts';
import { may, session, signOut } from '../session.ts';
import { texts } from '../texts.ts';
import { chooseTheme, theme } from '../theme.ts';
import { toastError } from './announce.tsx';
import { Button } from './button.tsx';
import { Menu } from './menu.tsx';

/** Who is here, and the pages behind the pictures. */
export function AccountMenu() {
  const light = theme.value === 'light';
  return (
    <Menu label={texts.account.menu} icon="person">
      <div class="menu-heading" dir="auto">
        {session.value?.name} · {session.value && texts.roles[session.value.role].name}
      </div>
      {may('own-account') && (
        <Button icon="key" onClick={() => navigate('/account')}>
          {texts.account.title}
        </Button>
      )}
      {may('manage-users') && (
        <Button icon="people" onClick={() => navigate('/people')}>
          {texts.account.people}
        </Button>
      )}
      {may('share') && (
        <Button icon="link" onClick={() => navigate('/shares')}>
          {texts.account.shares}
        </Button>
      )}
      {may('see-viewers') && (
        <Button icon="eye" onClick={() => navigate('/viewers')}>
          {texts.account.viewers}
        </Button>
      )}
      {may('see-audit') && (
        <Button icon="list" onClick={() => navigate('/audit')}>
          {texts.account.audit}
        </Button>
      )}
      <Button icon="sun" onClick={() => chooseTheme(light ? 'dark' : 'light')}>
        {light ? texts.account.dark : texts.account.light}
      </Button>
      <hr class="menu-line" />
      <Button icon="forward" onClick={() => void signOut().catch(toastError)}>
        {texts.account.signOut}
      </Button>
    </Menu>
  );
}
