import { may, session, signOut } from '../dashboard/session.ts';
import { toastError } from '../page/announce.ts';
import { navigate } from '../page/route.ts';
import { chooseTheme, theme } from '../page/theme.ts';
import { menuTexts } from '../texts/en/menu.ts';
import { roleTexts } from '../texts/en/roles.ts';
import { Button } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';

/** Shows who is signed in, and leads to all other pages. */
export function AccountMenu() {
  const light = theme.value === 'light';
  return (
    <Menu label={menuTexts.title} icon="person">
      <div class="menu-heading" dir="auto">
        {session.value?.name} · {session.value && roleTexts[session.value.role].name}
      </div>
      {may('own-account') && (
        <Button icon="key" onClick={() => navigate('/account')}>
          {menuTexts.account}
        </Button>
      )}
      {may('manage-users') && (
        <Button icon="people" onClick={() => navigate('/people')}>
          {menuTexts.people}
        </Button>
      )}
      {may('share') && (
        <Button icon="link" onClick={() => navigate('/shares')}>
          {menuTexts.shares}
        </Button>
      )}
      {may('see-viewers') && (
        <Button icon="eye" onClick={() => navigate('/viewers')}>
          {menuTexts.viewers}
        </Button>
      )}
      {may('see-audit') && (
        <Button icon="list" onClick={() => navigate('/audit')}>
          {menuTexts.audit}
        </Button>
      )}
      <Button icon="sun" onClick={() => chooseTheme(light ? 'dark' : 'light')}>
        {light ? menuTexts.dark : menuTexts.light}
      </Button>
      <hr class="menu-line" />
      <Button icon="forward" onClick={() => void signOut().catch(toastError)}>
        {menuTexts.signOut}
      </Button>
    </Menu>
  );
}
