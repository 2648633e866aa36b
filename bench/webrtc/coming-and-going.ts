import { setTimeout as sleep } from 'node:timers/promises';
import { CountingViewer } from './counting-viewer.ts';

const STAY_MS = 1000;
/** A viewer who has seen nothing by then leaves as well. */
const MOST_PATIENCE_MS = 5000;
const TRIES = 5;
const TRY_AGAIN_AFTER_MS = 500;

export type Visits = {
  /** How many viewers connected per second. */
  readonly arrivalsPerSecond: number;
  readonly connected: number;
  readonly sawPicture: number;
  readonly triedAgain: number;
};

/** Connects, and tries again: unlike a browser's, werift's DTLS client gives up when its retransmission crosses an answer. */
export async function connectViewer(url: string, onRetry = () => {}): Promise<CountingViewer> {
  for (let attempt = 1; ; attempt++) {
    const viewer = new CountingViewer();
    try {
      await viewer.connect(url);
      return viewer;
    } catch (error) {
      viewer.close();
      if (attempt === TRIES) throw error;
      onRetry();
      await sleep(TRY_AGAIN_AFTER_MS);
    }
  }
}

/** Starts `count` viewers at this rate, whether or not the earlier ones have connected. Each stays for a second. */
export async function comeAndGo(url: string, count: number, perSecond: number): Promise<Visits> {
  const connectedMs: number[] = [];
  let sawPicture = 0;
  let triedAgain = 0;
  const visit = async (): Promise<void> => {
    const viewer = await connectViewer(url, () => void triedAgain++);
    connectedMs.push(performance.now());
    await sleep(STAY_MS);
    const leavesMs = performance.now() + MOST_PATIENCE_MS - STAY_MS;
    while (viewer.firstPictureMs === undefined && performance.now() < leavesMs) await sleep(100);
    if (viewer.firstPictureMs !== undefined) sawPicture++;
    viewer.goodbye();
    viewer.close();
  };
  const visits: Promise<void>[] = [];
  const startedMs = performance.now();
  for (let index = 0; index < count; index++) {
    await sleep(Math.max(0, startedMs + (index * 1000) / perSecond - performance.now()));
    visits.push(visit());
  }
  await Promise.allSettled(visits);
  const spanMs = (connectedMs.at(-1) ?? 0) - (connectedMs[0] ?? 0);
  return {
    arrivalsPerSecond: ((connectedMs.length - 1) * 1000) / spanMs,
    connected: connectedMs.length,
    sawPicture,
    triedAgain,
  };
}
