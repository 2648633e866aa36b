// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest';
import type { SavedView } from '../../../shared/api.ts';
import { store } from '../dashboard/live.ts';
import { openDialog, openedDialog } from '../page/page-dialog.ts';
import { button, eventually, field, messages, pageText, press, show, type } from '../testing/page.ts';
import { resetGrid } from '../testing/reset-grid.ts';
import { cameraView, done, openGateway, refuse } from '../testing/small-gateway.ts';
import { group, layout, order, page, rotateMs, search, selection, shown } from './grid-state.ts';
import { SaveViewDialog } from './save-view-dialog.tsx';
import { applyView, deleteView, loadViews, savedViews, showGroup } from './views.ts';

const NIGHT: SavedView = { id: 'n1', name: 'Night', layout: '2', cameras: ['gate', 'yard'], rotateSeconds: 15 };

beforeEach(() => {
  resetGrid();
  store.replace([cameraView('yard'), cameraView('hall'), cameraView('gate')]);
  openDialog({ kind: 'save-view' });
});

test('a view keeps what is on the screen under a name', async () => {
  const gateway = await openGateway({ 'POST /api/views': NIGHT });
  layout.value = '2';
  order.value = ['gate', 'yard'];
  rotateMs.value = 15_000;
  await show(<SaveViewDialog />);
  await type(field('Name of the view'), ' Night ');
  await press(button('Save'));
  await eventually(() => expect(messages()).toEqual(['View “Night” saved.']));
  expect(gateway.bodies('POST /api/views')).toEqual([
    { name: 'Night', layout: '2', cameras: ['gate', 'yard', 'hall'], rotateSeconds: 15 },
  ]);
  expect([savedViews.value, openedDialog.value]).toEqual([[NIGHT], undefined]);
});

test('without a rotation none is kept; without a name nothing is sent', async () => {
  const gateway = await openGateway({ 'POST /api/views': NIGHT });
  await show(<SaveViewDialog />);
  await press(button('Save'));
  await type(field('Name of the view'), 'Day');
  await press(button('Save'));
  await eventually(() => expect(savedViews.value).toHaveLength(1));
  expect(gateway.bodies('POST /api/views')).toEqual([
    { name: 'Day', layout: 'auto', cameras: ['yard', 'hall', 'gate'] },
  ]);
});

test('a refusal stays at the field', async () => {
  await openGateway({ 'POST /api/views': refuse('already-exists', 'There is a view of this name.') });
  await show(<SaveViewDialog />);
  await type(field('Name of the view'), 'Night');
  await press(button('Save'));
  await eventually(() => expect(pageText()).toContain('There is a view of this name.'));
  expect(openedDialog.value).toBeDefined();
});

test('chosen, it shows its cameras in its layout from the first page, whatever was searched', () => {
  [search.value, group.value, page.value] = ['hall', 'Outside', 3];
  applyView(NIGHT);
  expect(shown.value).toEqual(['gate', 'yard']);
  expect([layout.value, rotateMs.value, page.value]).toEqual(['2', 15_000, 0]);
});

test('a group, or all cameras, ends it', () => {
  applyView(NIGHT);
  showGroup(undefined);
  expect([selection.value, shown.value.length]).toEqual([undefined, 3]);
});

test('views are read from the account and deleted there', async () => {
  const gateway = await openGateway({ 'GET /api/views': [NIGHT], 'DELETE /api/views/n1': done() });
  await loadViews();
  expect(savedViews.value).toEqual([NIGHT]);
  await deleteView(NIGHT);
  expect(savedViews.value).toEqual([]);
  expect(gateway.bodies('DELETE /api/views/n1')).toHaveLength(1);
  expect(messages()).toEqual(['View “Night” deleted.']);
});
