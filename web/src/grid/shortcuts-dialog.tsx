import { texts } from '../texts.ts';
import { Dialog } from '../ui/dialog.tsx';
import { closeDialog } from '../ui/page-dialog.ts';

export function ShortcutsDialog() {
  return (
    <Dialog title={texts.grid.shortcuts} narrow onClose={closeDialog}>
      <dl class="shortcuts">
        {texts.grid.keys.map(([keys, meaning]) => (
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
