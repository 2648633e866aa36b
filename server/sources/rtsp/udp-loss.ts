import type { CameraMemory } from '../../hub/source.ts';

/** What was lost on the way from a camera over UDP, and until when TCP is used instead. */
export type UdpLoss = { readonly lossPercent: number; readonly untilMs: number };

/** More than this and hardly a key frame arrives whole: TCP carries it all. */
export const MAX_LOSS_PERCENT = 5;
/** Networks get better, so UDP is tried again after this time. */
const REMEMBERED_MS = 60 * 60_000;
const KEY = 'rtsp-udp-loss';

export function readUdpLoss(memory: CameraMemory, nowMs: number): UdpLoss | undefined {
  const [lossPercent, untilMs] = (memory.get(KEY) ?? '').split(' ').map(Number);
  if (lossPercent === undefined || untilMs === undefined || !(untilMs > nowMs)) return undefined;
  return { lossPercent, untilMs };
}

export function rememberUdpLoss(memory: CameraMemory, lossPercent: number, nowMs: number): void {
  memory.set(KEY, `${Math.round(lossPercent)} ${nowMs + REMEMBERED_MS}`);
}

/** TCP was no better. */
export function forgetUdpLoss(memory: CameraMemory): void {
  memory.set(KEY, '');
}
