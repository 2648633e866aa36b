import { useEffect } from 'preact/hooks';
import { SignInPage } from './account/sign-in-page.tsx';
import { GridPage } from './grid/grid-page.tsx';
import { closeLive, openLive } from './live.ts';
import { path } from './route.ts';
import { loadSession, session } from './session.ts';
import { texts } from './texts.ts';
import { Announcements, toastError } from './ui/announce.tsx';
import { Lazy } from './ui/lazy.tsx';
import { PageDialogs } from './ui/page-dialogs.tsx';

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
  if (who === null) return <SignInPage />;
  return <SignedIn />;
}

function SignedIn() {
  openLive();
  useEffect(() => closeLive, []);
  return (
    <>
      <Page />
      <PageDialogs />
    </>
  );
}

const PAGES: Record<string, () => Promise<() => preact.JSX.Element | null>> = {
  '/account': () => import('./account/account-page.tsx').then((module) => module.AccountPage),
  '/people': () => import('./account/people-page.tsx').then((module) => module.PeoplePage),
  '/audit': () => import('./account/audit-page.tsx').then((module) => module.AuditPage),
  '/viewers': () => import('./account/viewers-page.tsx').then((module) => module.ViewersPage),
  '/shares': () => import('./share/shares-page.tsx').then((module) => module.SharesPage),
};

const cameraPage = () => import('./cameras/camera-page.tsx').then((module) => module.CameraPage);

function Page() {
  if (path.value === '/') return <GridPage />;
  const [, camera] = /^\/cameras\/([^/]+)$/.exec(path.value) ?? [];
  if (camera !== undefined) return <Lazy key={camera} load={cameraPage} props={{ id: decodeURIComponent(camera) }} />;
  const page = PAGES[path.value];
  return page ? <Lazy key={path.value} load={page} props={{}} /> : <NotFound />;
}

function NotFound() {
  return (
    <main class="page">
      <h1>{texts.common.notFound}</h1>
      <a href="/">{texts.common.toGrid}</a>
    </main>
  );
}
