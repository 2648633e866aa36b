import type { WaterfallStep } from '../player/statistics.ts';
import { playerTexts } from '../texts/en/player.ts';

const PERCENT = 100;

/** Shows the steps up to the first picture on one time line. */
export function Waterfall({ steps }: { readonly steps: readonly WaterfallStep[] }) {
  const fromMs = Math.min(0, ...steps.map((step) => step.fromMs));
  const toMs = Math.max(1, ...steps.map((step) => step.toMs));
  const share = (ms: number) => `${(ms / (toMs - fromMs)) * PERCENT}%`;
  return (
    <figure class="waterfall">
      <figcaption>{`${playerTexts.statistics.waterfall}: ${toMs} ms`}</figcaption>
      <ol>
        {steps.map(({ step, ...span }) => (
          <li key={step}>
            <span>{playerTexts.step[step]}</span>
            <span class="waterfall-track" aria-hidden="true">
              <span
                class="waterfall-bar"
                style={{ left: share(span.fromMs - fromMs), width: share(span.toMs - span.fromMs) }}
              />
            </span>
            <span class="numbers quiet">{`${span.toMs - span.fromMs} ms`}</span>
          </li>
        ))}
      </ol>
    </figure>
  );
}
