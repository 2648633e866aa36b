import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

export type ButtonLook = 'plain' | 'primary' | 'danger' | 'quiet';

type ButtonProps = {
  readonly children?: ComponentChildren;
  readonly look?: ButtonLook;
  readonly icon?: IconName | undefined;
  readonly small?: boolean;
  readonly submit?: boolean;
  readonly disabled?: boolean;
  readonly pressed?: boolean | undefined;
  readonly expanded?: boolean;
  /** The name when only the icon shows; becomes the tooltip too. */
  readonly label?: string;
  readonly onClick?: (event: MouseEvent) => void;
  readonly tabIndex?: number;
  /** The key of the page that does the same. */
  readonly shortcut?: string;
  readonly class?: string;
};

export function Button(props: ButtonProps) {
  const { look = 'plain', small = false, children, icon, label } = props;
  const classes = ['button', `button-${look}`];
  if (small) classes.push('button-small');
  if (icon && !children) classes.push('button-icon');
  if (props.class) classes.push(props.class);
  return (
    <button
      type={props.submit ? 'submit' : 'button'}
      class={classes.join(' ')}
      disabled={props.disabled}
      aria-pressed={props.pressed}
      aria-expanded={props.expanded}
      aria-keyshortcuts={props.shortcut}
      aria-label={label}
      title={label}
      onClick={props.onClick}
      tabIndex={props.tabIndex}
    >
      {icon && <Icon name={icon} small={small} />}
      {children}
    </button>
  );
}
