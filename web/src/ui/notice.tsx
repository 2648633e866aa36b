import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

export type NoticeKind = 'plain' | 'good' | 'warning' | 'danger';

const ICONS: Record<NoticeKind, IconName> = {
  plain: 'information',
  good: 'check',
  warning: 'warning',
  danger: 'warning',
};

/** One sentence about something that matters now. A danger is also read out by screen readers. */
export function Notice({
  kind = 'plain',
  children,
}: {
  readonly kind?: NoticeKind;
  readonly children: ComponentChildren;
}) {
  return (
    <div class={`notice notice-${kind}`} role={kind === 'danger' ? 'alert' : undefined}>
      <Icon name={ICONS[kind]} />
      <div>{children}</div>
    </div>
  );
}
