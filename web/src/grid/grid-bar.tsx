import { connected } from '../dashboard/live.ts';
import { may, session } from '../dashboard/session.ts';
import { toastError } from '../page/announce.ts';
import { openDialog } from '../page/page-dialog.ts';
import { followLink } from '../page/route.ts';
import { commonTexts } from '../texts/en/common.ts';
import { gridTexts } from '../texts/en/grid.ts';
import { menuTexts } from '../texts/en/menu.ts';
import { playerTexts } from '../texts/en/player.ts';
import { viewTexts } from '../texts/en/views.ts';
import { toggleFullScreen } from '../tile/tile-actions.ts';
import { Button } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { AccountMenu } from './account-menu.tsx';
import { LAYOUTS, type Layout } from './grid-layout.ts';
import {
  canRotate,
  group,
  groups,
  layout,
  page,
  pageCount,
  rotateMs,
  search,
  selection,
  setLayout,
  showPage,
} from './grid-state.ts';
import { toggleRotation } from './rotation.ts';
import { applyView, deleteView, savedViews, showGroup } from './views.ts';
import { enterWall } from './wall.tsx';

/** The slim bar above the pictures; a wall hides it. */
export function GridBar() {
  return (
    <header class="bar">
      <a class="bar-brand" href="/" onClick={followLink}>
        {commonTexts.product}
      </a>
      <ViewMenu />
      <search class="grid-search">
        <Icon name="search" small />
        <input
          class="input"
          type="search"
          aria-label={gridTexts.search}
          placeholder={gridTexts.search}
          value={search.value}
          dir="auto"
          onInput={(event) => {
            search.value = event.currentTarget.value;
            page.value = 0;
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            // The browser would empty the field without an input event once the focus is gone.
            event.preventDefault();
            search.value = '';
            page.value = 0;
            event.currentTarget.blur();
          }}
        />
      </search>
      <span class="bar-room" />
      {!connected.value && (
        <span class="badge badge-warning" role="status">
          {commonTexts.reconnecting}
        </span>
      )}
      {session.value?.needsPassword && (
        <Button class="bar-password" small icon="key" onClick={() => openDialog({ kind: 'welcome' })}>
          <span>{menuTexts.choosePassword}</span>
        </Button>
      )}
      <PageButtons />
      <LayoutMenu />
      {may('edit-cameras') && (
        <Button
          class="bar-add"
          icon="add"
          label={gridTexts.addCamera}
          onClick={() => openDialog({ kind: 'add-camera' })}
        />
      )}
      <AccountMenu />
    </header>
  );
}

function ViewMenu() {
  const chosen = savedViews.value.find((view) => view.cameras.join() === selection.value?.join());
  const everything = selection.value === undefined && group.value === undefined;
  return (
    <Menu label={gridTexts.views} text={chosen?.name ?? group.value ?? gridTexts.allCameras} start>
      <Button icon={everything ? 'check' : 'grid'} onClick={() => showGroup(undefined)}>
        {gridTexts.allCameras}
      </Button>
      {groups.value.length > 0 && <div class="menu-heading">{gridTexts.groups}</div>}
      {groups.value.map((name) => (
        <Button key={name} icon={group.value === name ? 'check' : 'list'} onClick={() => showGroup(name)}>
          {name}
        </Button>
      ))}
      {savedViews.value.length > 0 && <div class="menu-heading">{gridTexts.views}</div>}
      {savedViews.value.map((view) => (
        <div key={view.id} class="menu-row">
          <Button icon={view === chosen ? 'check' : 'eye'} onClick={() => applyView(view)}>
            {view.name}
          </Button>
          <Button
            icon="delete"
            label={viewTexts.remove(view.name)}
            onClick={() => void deleteView(view).catch(toastError)}
          />
        </div>
      ))}
      <hr class="menu-line" />
      <Button icon="add" onClick={() => openDialog({ kind: 'save-view' })}>
        {viewTexts.save}
      </Button>
    </Menu>
  );
}

const LAYOUT_ICONS: Record<Layout, IconName> = {
  auto: 'grid',
  '1': 'single',
  '2': 'grid',
  '3': 'grid',
  '4': 'grid',
  '5': 'grid',
  '6': 'grid',
  focus: 'focus',
};

function LayoutMenu() {
  const rotating = rotateMs.value !== undefined;
  return (
    <Menu label={gridTexts.layout} icon={LAYOUT_ICONS[layout.value]}>
      {LAYOUTS.map((name) => (
        <Button key={name} icon={layout.value === name ? 'check' : LAYOUT_ICONS[name]} onClick={() => setLayout(name)}>
          {gridTexts.layouts[name]}
        </Button>
      ))}
      <hr class="menu-line" />
      <Button icon={rotating ? 'stop' : 'rotate'} disabled={!canRotate.value} onClick={toggleRotation}>
        {rotating ? gridTexts.stopRotating : gridTexts.rotate}
      </Button>
      <Button icon="full-screen" onClick={() => void toggleFullScreen()}>
        {playerTexts.controls.fullscreen}
      </Button>
      <Button icon="single" onClick={enterWall}>
        {gridTexts.kiosk}
      </Button>
      <Button icon="help" onClick={() => openDialog({ kind: 'shortcuts' })}>
        {gridTexts.shortcuts}
      </Button>
    </Menu>
  );
}

function PageButtons() {
  if (pageCount.value < 2) return null;
  const words = gridTexts.page(page.value + 1, pageCount.value);
  return (
    <nav class="bar-pages" aria-label={gridTexts.pages}>
      <Button look="quiet" icon="back" label={gridTexts.previousPage} onClick={() => showPage(page.value - 1)} />
      <span class="numbers" title={words}>
        <span class="visually-hidden">{words}</span>
        <span aria-hidden="true">{`${page.value + 1}/${pageCount.value}`}</span>
      </span>
      <Button look="quiet" icon="forward" label={gridTexts.nextPage} onClick={() => showPage(page.value + 1)} />
    </nav>
  );
}
