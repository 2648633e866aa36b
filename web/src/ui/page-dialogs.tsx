import { Lazy } from './lazy.tsx';
import { openedDialog } from './page-dialog.ts';

const welcome = () => import('../account/welcome-dialog.tsx').then((module) => module.WelcomeDialog);
const shortcuts = () => import('../grid/shortcuts-dialog.tsx').then((module) => module.ShortcutsDialog);
const saveView = () => import('../grid/save-view-dialog.tsx').then((module) => module.SaveViewDialog);

/** Once per page: the dialog that was asked for. */
export function PageDialogs() {
  const dialog = openedDialog.value;
  switch (dialog?.kind) {
    case 'welcome':
      return <Lazy key="welcome" load={welcome} props={{}} />;
    case 'shortcuts':
      return <Lazy key="shortcuts" load={shortcuts} props={{}} />;
    case 'save-view':
      return <Lazy key="save-view" load={saveView} props={{}} />;
    default:
      return null;
  }
}
