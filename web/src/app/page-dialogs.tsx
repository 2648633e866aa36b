import { passwordQuestion } from '../dashboard/password-question.ts';
import { openedDialog } from '../page/page-dialog.ts';
import { Lazy } from '../ui/lazy.tsx';

const welcome = () => import('../account/welcome-dialog.tsx').then((module) => module.WelcomeDialog);
const shortcuts = () => import('../grid/shortcuts-dialog.tsx').then((module) => module.ShortcutsDialog);
const saveView = () => import('../grid/save-view-dialog.tsx').then((module) => module.SaveViewDialog);
const addCamera = () => import('../cameras/add-camera-dialog.tsx').then((module) => module.AddCameraDialog);
const editCamera = () => import('../cameras/edit-camera-dialog.tsx').then((module) => module.EditCameraDialog);
const confirmPassword = () =>
  import('../account/confirm-password-dialog.tsx').then((module) => module.ConfirmPasswordDialog);
const share = () => import('../share/share-dialog.tsx').then((module) => module.ShareDialog);

/** Shows the dialog that was asked for. Stands once on the page. */
export function PageDialogs() {
  const answer = passwordQuestion.value;
  return (
    <>
      <OpenedDialog />
      {answer && <Lazy load={confirmPassword} props={{ onAnswer: answer }} />}
    </>
  );
}

function OpenedDialog() {
  const dialog = openedDialog.value;
  switch (dialog?.kind) {
    case undefined:
      return null;
    case 'welcome':
      return <Lazy key="welcome" load={welcome} props={{}} />;
    case 'shortcuts':
      return <Lazy key="shortcuts" load={shortcuts} props={{}} />;
    case 'save-view':
      return <Lazy key="save-view" load={saveView} props={{}} />;
    case 'add-camera':
      return <Lazy key="add-camera" load={addCamera} props={{ address: dialog.address ?? '' }} />;
    case 'edit-camera':
      return <Lazy key="edit-camera" load={editCamera} props={{ camera: dialog.camera, field: dialog.field }} />;
    case 'share':
      return <Lazy key="share" load={share} props={{ camera: dialog.camera }} />;
  }
}
