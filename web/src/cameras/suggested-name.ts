import type { ProbeReport } from '../../../shared/probe-report.ts';
import { addCameraTexts } from '../texts/en/add-camera.ts';
import type { Recognised } from './recognise.ts';

/** A name to begin with: what the camera calls itself, else its maker, else where it is; never one that is taken. */
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

/** People know their cameras by the end of the address. */
function lastPart(host: string): string {
  return /^\d+\.\d+\.\d+\.(\d+)$/.exec(host)?.[1] ?? host.split('.')[0] ?? '';
}
