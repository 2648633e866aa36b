import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { ProbeInput } from '../../../shared/camera-api.ts';
import type { ProbeReport } from '../../../shared/probe-report.ts';
import { liveSocket } from '../dashboard/live.ts';
import { type BegunStep, probeCamera } from '../gateway/camera-requests.ts';
import { errorText } from '../gateway/gateway-error.ts';

export type ProbeProgress = {
  readonly steps: readonly BegunStep[];
  readonly startedAtMs: number;
  readonly report: ProbeReport | undefined;
  /** Why the gateway could not look at the camera at all. */
  readonly failure: string | undefined;
};

export type ProbeHold = {
  readonly progress: ReadonlySignal<ProbeProgress | undefined>;
  readonly start: (input: Omit<ProbeInput, 'probe'>) => void;
  readonly reset: () => void;
};

/** One probe at a time; another one, or leaving the page, ends it. */
export function useProbe(): ProbeHold {
  const progress = useSignal<ProbeProgress | undefined>(undefined);
  const running = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const reset = () => {
    running.current?.abort();
    running.current = undefined;
    progress.value = undefined;
  };
  const start = (input: Omit<ProbeInput, 'probe'>) => {
    reset();
    const abort = new AbortController();
    running.current = abort;
    const change = (part: Partial<ProbeProgress>) => {
      if (progress.value && !abort.signal.aborted) progress.value = { ...progress.value, ...part };
    };
    progress.value = { steps: [], startedAtMs: performance.now(), report: undefined, failure: undefined };
    probeCamera(
      liveSocket(),
      input,
      (step) => change({ steps: [...(progress.value?.steps ?? []), step] }),
      abort.signal,
    ).then(
      (report) => change({ report }),
      (error: unknown) => change({ failure: errorText(error) }),
    );
  };
  return { progress, start, reset };
}
