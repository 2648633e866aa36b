import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { commonTexts } from '../texts/en/common.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Notice } from './notice.tsx';

type ConfirmDialogProps = {
  readonly title: string;
  readonly question: string;
  readonly action: string;
  /** What else has to be decided. */
  readonly children?: ComponentChildren;
  /** Closes the dialog by resolving; a rejection stays on show. */
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
};

/** Asks before something that cannot be undone. It says what will be lost, and its button names the action. */
export function ConfirmDialog({ title, question, action, children, onConfirm, onClose }: ConfirmDialogProps) {
  const failure = useSignal('');
  const working = useSignal(false);
  const confirm = async () => {
    working.value = true;
    failure.value = '';
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      failure.value = error instanceof Error ? error.message : String(error);
    } finally {
      working.value = false;
    }
  };
  return (
    <Dialog title={title} narrow onClose={onClose}>
      <p>{question}</p>
      {children}
      {failure.value && <Notice kind="danger">{failure.value}</Notice>}
      <div class="dialog-foot">
        <Button onClick={onClose}>{commonTexts.cancel}</Button>
        <Button look="danger" disabled={working.value} onClick={() => void confirm()}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
