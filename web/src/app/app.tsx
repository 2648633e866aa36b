import { useEffect } from 'preact/hooks';
import { closeLive, openLive } from '../dashboard/live.ts';
import { loadSession, session } from '../dashboard/session.ts';
import { GridPage } from '../grid/grid-page.tsx';
import { toastError } from '../page/announce.ts';
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
  useEffect(() => closeLive, []);
  return (
    <>
      <GatewayProblem />
      <Page />
      <PageDialogs />
    </>
  );
}

const PAGES: Record<string, () => Promise<() => preact.JSX.Element | null>> = {
  '/account': () => import('../account/account-page.tsx').then((module) => module.AccountPage),
  '/people': () => import('../account/people-page.tsx').then((module) => module.PeoplePage),
  '/audit': () => import('../account/audit-page.tsx').then((module) => module.AuditPage),
  '/viewers': () => import('../account/viewers-page.tsx').then((module) => module.ViewersPage),
  '/shares': () => import('../share/shares-page.tsx').then((module) => module.SharesPage),
};

const signInLinkPage = () => import('../account/sign-in-link-page.tsx').then((module) => module.SignInLinkPage);
const signInPage = () => import('../account/sign-in-page.tsx').then((module) => module.SignInPage);
const notFoundPage = () => import('../ui/not-found-page.tsx').then((module) => module.NotFoundPage);
const cameraPage = () => import('../cameras/camera-page.tsx').then((module) => module.CameraPage);

function Page() {
  if (path.value === '/') return <GridPage />;
  const [, camera] = /^\/cameras\/([^/]+)$/.exec(path.value) ?? [];
  if (camera !== undefined) return <Lazy key={camera} load={cameraPage} props={{ id: decodeURIComponent(camera) }} />;
  return <Lazy key={path.value} load={PAGES[path.value] ?? notFoundPage} props={{}} />;
}
