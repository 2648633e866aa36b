import { closeDialog } from '../page/page-dialog.ts';
import { gridTexts } from '../texts/en/grid.ts';
import { shortcutTexts } from '../texts/en/shortcuts.ts';
import { Dialog } from '../ui/dialog.tsx';

export function ShortcutsDialog() {
  return (
    <Dialog title={gridTexts.shortcuts} narrow onClose={closeDialog}>
      <dl class="shortcuts">
        {shortcutTexts.keys.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
