import { codecName } from '../player/decision/codec-name.ts';
import type { Player } from '../player/player.ts';
import type { PlayerStatistics, WaterfallStep } from '../player/statistics.ts';
import { playerTexts } from '../texts/en/player.ts';
import { createElement } from './element-dom.ts';

const REFRESH_MS = 1000;
const { statistics: words } = playerTexts;

/** What the player measures, once a second, with the waterfall of the start. */
export class StatisticsPanel {
  readonly root = createElement('div', 'statistics');
  readonly #player: Player;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(player: Player) {
    this.#player = player;
    this.root.hidden = true;
  }

  toggle(): void {
    this.root.hidden = !this.root.hidden;
    clearInterval(this.#timer);
    if (this.root.hidden) return;
    this.#timer = setInterval(() => this.#refresh(), REFRESH_MS);
    this.#refresh();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #refresh(): void {
    this.#player.statistics().then(
      (statistics) => {
        const facts = createElement('dl', 'facts');
        for (const [name, value] of factsOf(statistics)) {
          facts.append(createElement('dt', '', name), createElement('dd', '', value));
        }
        const isComplete = statistics.waterfall.some(({ step }) => step === 'decode');
        this.root.replaceChildren(facts, ...(isComplete ? [waterfallOf(statistics.waterfall)] : []));
      },
      () => undefined,
    );
  }
}

function factsOf(statistics: PlayerStatistics): [string, string][] {
  const { transport, width, height, fps, bitrateKbps, pictureAgeMs, codec } = statistics;
  const ms = (value: number | undefined) => value !== undefined && `${Math.round(value)} ms`;
  const facts: [string, string | false | undefined][] = [
    [words.transport, transport && `${playerTexts.transport[transport]}${codec ? ` · ${codecName(codec)}` : ''}`],
    [words.picture, width > 0 && `${width} × ${height} · ${fps.toFixed(1)} fps`],
    [words.age, ms(pictureAgeMs)],
    [words.bitrate, `${(bitrateKbps / 1000).toFixed(2)} Mbit/s`],
    [words.buffer, ms(statistics.bufferedMs ?? statistics.jitterBufferMs)],
    [words.roundTrip, ms(statistics.roundTripMs)],
    [words.loss, statistics.lossPercent !== undefined && `${statistics.lossPercent.toFixed(2)} %`],
    [words.dropped, statistics.framesDropped !== undefined && String(statistics.framesDropped)],
    [words.switches, String(statistics.switches)],
  ];
  return facts.filter((fact): fact is [string, string] => typeof fact[1] === 'string');
}

/** One bar per step, all on the same scale. */
function waterfallOf(steps: readonly WaterfallStep[]): HTMLElement {
  const shown = steps.filter(({ step }) => step !== 'sign-in');
  const endMs = Math.max(...shown.map(({ toMs }) => toMs), 1);
  const table = createElement('div', 'waterfall', createElement('p', 'heading', words.waterfall));
  for (const { step, fromMs, toMs } of steps) {
    const bar = createElement('span', 'bar');
    bar.style.marginLeft = `${(Math.max(fromMs, 0) / endMs) * 100}%`;
    bar.style.width = `${(Math.max(step === 'sign-in' ? 0 : toMs - fromMs, 0) / endMs) * 100}%`;
    const duration = createElement('span', 'duration', `${toMs - fromMs} ms`);
    table.append(
      createElement(
        'div',
        'step',
        createElement('span', '', playerTexts.step[step]),
        createElement('span', 'lane', bar),
        duration,
      ),
    );
  }
  return table;
}
