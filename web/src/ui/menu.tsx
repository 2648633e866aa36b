import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Button, type ButtonLook } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';

type MenuProps = {
  readonly label: string;
  readonly icon?: IconName;
  /** Shown on the button; without it the icon stands alone and `label` is its name. */
  readonly text?: string | undefined;
  readonly look?: ButtonLook;
  /** Opens towards the end of the line instead of its start. */
  readonly start?: boolean;
  readonly children: ComponentChildren;
};

/** A button that opens a list of buttons; closes on a choice, Escape, or when the focus goes elsewhere. */
export function Menu({ label, icon, text, look = 'quiet', start = false, children }: MenuProps) {
  const open = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  const isOpen = open.value;
  useEffect(() => {
    if (!isOpen) return;
    const leave = (event: Event) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) open.value = false;
    };
    document.addEventListener('pointerdown', leave);
    document.addEventListener('focusin', leave);
    return () => {
      document.removeEventListener('pointerdown', leave);
      document.removeEventListener('focusin', leave);
    };
  }, [isOpen, open]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen) return;
    event.stopPropagation();
    if (event.key === 'Escape') {
      open.value = false;
      root.current?.querySelector('button')?.focus();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      moveFocus(root.current, event.key === 'ArrowDown' ? 1 : -1);
    }
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only listens for Escape and arrows from the buttons inside.
    <div class="menu" ref={root} onKeyDown={onKeyDown}>
      <Button
        look={look}
        icon={icon}
        label={text === undefined ? label : `${label}: ${text}`}
        expanded={isOpen}
        onClick={() => (open.value = !isOpen)}
      >
        {text !== undefined && (
          <>
            <span class="menu-text" dir="auto">
              {text}
            </span>
            <Icon name="down" small />
          </>
        )}
      </Button>
      {isOpen && (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the click bubbles up from the chosen button, which has its own keys.
        // biome-ignore lint/a11y/noStaticElementInteractions: as above.
        <div class={start ? 'menu-list menu-list-start' : 'menu-list'} onClick={() => (open.value = false)}>
          {children}
        </div>
      )}
    </div>
  );
}

function moveFocus(root: HTMLElement | null, by: 1 | -1): void {
  const buttons = [...(root?.querySelectorAll<HTMLElement>('.menu-list button:not([disabled])') ?? [])];
  const at = document.activeElement instanceof HTMLElement ? buttons.indexOf(document.activeElement) : -1;
  const next = at === -1 && by === -1 ? buttons.length - 1 : at + by;
  buttons[(next + buttons.length) % buttons.length]?.focus();
}
