import { formatExact, formatRelative, now } from '../page/time.ts';

/** A time as people say it, with the exact one as its title. */
export function Moment({ at }: { readonly at: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={formatExact(at)}>
      {formatRelative(at, now.value)}
    </time>
  );
}
