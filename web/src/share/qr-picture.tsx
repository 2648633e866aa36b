import { encodeQr } from './qr-code.ts';

/** Scanners want four light modules around a code. */
const QUIET_ZONE = 4;

/** Dark on light in both themes: many scanners read nothing else. */
export function QrPicture({ text, label }: { readonly text: string; readonly label: string }) {
  const rows = encodeQr(text);
  const size = rows.length + 2 * QUIET_ZONE;
  const path = rows.flatMap((row, y) =>
    row.flatMap((dark, x) => (dark ? `M${x + QUIET_ZONE} ${y + QUIET_ZONE}h1v1h-1z` : [])),
  );
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <path d={path.join('')} />
    </svg>
  );
}
