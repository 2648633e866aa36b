import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ConnectStep } from '../../../shared/camera.ts';
import { addCameraTexts } from '../texts/en/add-camera.ts';
import { playerTexts } from '../texts/en/player.ts';
import { Icon } from '../ui/icon.tsx';
import type { ProbeProgress } from './use-probe.ts';

const REFRESH_MS = 100;

type Row = { readonly step: ConnectStep; readonly ms: number; readonly state: 'done' | 'failed' | 'running' };

/** Every step by name with its time, while it happens and afterwards. */
export function ProbeSteps({ progress }: { readonly progress: ProbeProgress }) {
  const elapsedMs = useElapsed(progress);
  const rows = rowsOf(progress, elapsedMs);
  return (
    <ol class="probe-steps" aria-label={addCameraTexts.steps}>
      {rows.map(({ step, ms, state }) => (
        <li key={step} class={`probe-step probe-step-${state}`}>
          {state === 'running' ? (
            <span class="probe-wait" />
          ) : (
            <Icon name={state === 'done' ? 'check' : 'close'} small />
          )}
          <span>{playerTexts.starting[step]}</span>
          <span class="numbers quiet">{addCameraTexts.seconds((ms / 1000).toFixed(1))}</span>
        </li>
      ))}
      {rows.length === 0 && !progress.report && <li class="quiet">{addCameraTexts.looking}</li>}
    </ol>
  );
}

function rowsOf({ steps, report, failure }: ProbeProgress, elapsedMs: number): Row[] {
  if (report) {
    const last = report.steps.length - 1;
    return report.steps.map(({ step, ms }, at) => ({
      step,
      ms,
      state: report.error && at === last ? 'failed' : 'done',
    }));
  }
  return steps.map(({ step, atMs }, at) => {
    const next = steps[at + 1];
    return { step, ms: (next?.atMs ?? elapsedMs) - atMs, state: next ? 'done' : failure ? 'failed' : 'running' };
  });
}

function useElapsed({ startedAtMs, report, failure }: ProbeProgress): number {
  const elapsedMs = useSignal(0);
  const over = report !== undefined || failure !== undefined;
  useEffect(() => {
    if (over) return;
    const timer = setInterval(() => {
      elapsedMs.value = performance.now() - startedAtMs;
    }, REFRESH_MS);
    return () => clearInterval(timer);
  }, [over, startedAtMs, elapsedMs]);
  return elapsedMs.value;
}
