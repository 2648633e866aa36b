import type { ProbeReport } from '../../../shared/probe-report.ts';
import type { Recognised } from '../../../shared/recognise.ts';
import { addCameraTexts } from '../texts/en/add-camera.ts';

/** Suggests a name that no other camera has: what the camera calls itself, or else its maker, or else its address. */
export function suggestedName(
  report: ProbeReport,
  recognised: Recognised,
  brandName: string | undefined,
  taken: readonly string[],
): string {
  const host = recognised.is === 'host' || recognised.is === 'camera' ? recognised.host : '';
  const maker = brandName?.split(',')[0];
  const base = report.device?.trim() || [maker ?? addCameraTexts.camera, lastPart(host)].filter(Boolean).join(' ');
  const used = new Set(taken.map((name) => name.toLowerCase()));
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${base} ${n}`;
    if (!used.has(name.toLowerCase())) return name;
  }
}

/** The last part of an IP address, because people tell their cameras apart by it. */
function lastPart(host: string): string {
  return /^\d+\.\d+\.\d+\.(\d+)$/.exec(host)?.[1] ?? host.split('.')[0] ?? '';
}
