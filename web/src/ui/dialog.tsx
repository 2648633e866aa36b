import '../styles/pages.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { openDialogs } from '../page/announce.ts';
import { commonTexts } from '../texts/en/common.ts';
import { Announcements } from './announcements.tsx';
import { Button } from './button.tsx';

type DialogProps = {
  readonly title: string;
  readonly narrow?: boolean;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
};

/**
 * A modal window for as long as it is rendered. The browser keeps the focus inside, and it goes back to where it was
 * afterwards.
 */
export function Dialog({ title, narrow = false, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    openDialogs.value = [...openDialogs.value, heading];
    return () => {
      openDialogs.value = openDialogs.value.filter((other) => other !== heading);
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={narrow ? 'dialog dialog-narrow' : 'dialog'}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => event.target === dialog.current && onClose()}
    >
      <div class="dialog-head">
        <h2 id={heading}>{title}</h2>
        <Button look="quiet" icon="close" label={commonTexts.close} onClick={onClose} />
      </div>
      <div class="dialog-body">{children}</div>
      <Announcements inDialog={heading} />
    </dialog>
  );
}
