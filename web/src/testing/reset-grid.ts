import { activeCamera, group, layout, order, page, rotateMs, search, selection } from '../grid/grid-state.ts';
import { savedViews } from '../grid/views.ts';

/** The grid as it is before anybody touched it. */
export function resetGrid(): void {
  layout.value = 'auto';
  order.value = [];
  search.value = '';
  group.value = undefined;
  selection.value = undefined;
  page.value = 0;
  rotateMs.value = undefined;
  activeCamera.value = undefined;
  savedViews.value = [];
}
