import { useEffect } from 'preact/hooks';
import type { Action } from '../../../shared/actions.ts';
import { closeLive, openLive } from '../dashboard/live.ts';
import { loadSession, may, session } from '../dashboard/session.ts';
import { GridPage } from '../grid/grid-page.tsx';
import { silence, toastError } from '../page/announce.ts';
import { closeDialog } from '../page/page-dialog.ts';
import { path } from '../page/route.ts';
import { Announcements } from '../ui/announcements.tsx';
import { Lazy } from '../ui/lazy.tsx';
import { GatewayProblem } from './gateway-problem.tsx';
import { PageDialogs } from './page-dialogs.tsx';

/** Which page the address means, for whoever is signed in. */
export function App() {
  return (
    <>
      <Dashboard />
      <Announcements />
    </>
  );
}

function Dashboard() {
  useEffect(() => {
    loadSession().catch(toastError);
  }, []);
  const who = session.value;
  if (who === undefined) return null;
  const [, link] = /^\/setup\/([^/]+)$/.exec(path.value) ?? [];
  if (link !== undefined) return <Lazy load={signInLinkPage} props={{ link }} />;
  if (who === null) return <Lazy load={signInPage} props={{}} />;
  return <SignedIn />;
}

function SignedIn() {
  openLive();
  useEffect(() => leave, []);
  return (
    <>
      <GatewayProblem />
      <Page />
      <PageDialogs />
    </>
  );
}

/** Nothing that was said or asked of cameras stays for whoever sits here next. */
function leave(): void {
  closeLive();
  closeDialog();
  silence();
}

type LoadPage = () => Promise<() => preact.JSX.Element | null>;

/** The pages, each with what a person must be allowed to do there. */
const PAGES: Record<string, { readonly needs: Action; readonly load: LoadPage }> = {
  '/account': {
    needs: 'own-account',
    load: () => import('../account/account-page.tsx').then((module) => module.AccountPage),
  },
  '/people': {
    needs: 'manage-users',
    load: () => import('../account/people-page.tsx').then((module) => module.PeoplePage),
  },
  '/audit': { needs: 'see-audit', load: () => import('../account/audit-page.tsx').then((module) => module.AuditPage) },
  '/viewers': {
    needs: 'see-viewers',
    load: () => import('../account/viewers-page.tsx').then((module) => module.ViewersPage),
  },
  '/shares': { needs: 'share', load: () => import('../share/shares-page.tsx').then((module) => module.SharesPage) },
};

const signInLinkPage = () => import('../account/sign-in-link-page.tsx').then((module) => module.SignInLinkPage);
const signInPage = () => import('../account/sign-in-page.tsx').then((module) => module.SignInPage);
const notFoundPage = () => import('../ui/not-found-page.tsx').then((module) => module.NotFoundPage);
const forbiddenPage = () => import('../ui/not-found-page.tsx').then((module) => module.ForbiddenPage);
const cameraPage = () => import('../cameras/camera-page.tsx').then((module) => module.CameraPage);

function Page() {
  if (path.value === '/') return <GridPage />;
  const [, camera] = /^\/cameras\/([^/]+)$/.exec(path.value) ?? [];
  if (camera !== undefined) return <Lazy key={camera} load={cameraPage} props={{ id: decodeURIComponent(camera) }} />;
  const page = PAGES[path.value];
  const load = page === undefined ? notFoundPage : may(page.needs) ? page.load : forbiddenPage;
  return <Lazy key={path.value} load={load} props={{}} />;
}
