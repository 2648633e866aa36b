import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { codecName } from '../player/decision/codec-name.ts';
import type { Player } from '../player/player.ts';
import type { PlayerStatistics } from '../player/statistics.ts';
import { cameraPageTexts } from '../texts/en/camera-page.ts';
import { playerTexts } from '../texts/en/player.ts';
import { reportCardTexts } from '../texts/en/report-card.ts';
import { tileTexts } from '../texts/en/tile.ts';
import { Waterfall } from './waterfall.tsx';

const POLL_MS = 1000;

/** What this browser receives, once a second, and how the first picture came about. */
export function CameraStatistics({ player }: { readonly player: Player | undefined }) {
  const statistics = useSignal<PlayerStatistics | undefined>(undefined);
  useEffect(() => {
    if (!player) return;
    let gone = false;
    const read = async () => {
      const next = await player.statistics().catch(() => undefined);
      if (!gone) statistics.value = next;
    };
    const timer = setInterval(() => void read(), POLL_MS);
    void read();
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [player, statistics]);
  const now = statistics.value;
  return (
    <section class="card" aria-label={cameraPageTexts.statistics}>
      <h2>{cameraPageTexts.statistics}</h2>
      <dl class="numbers-grid">
        {statisticRows(now).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="numbers">{value}</dd>
          </div>
        ))}
      </dl>
      {now?.waterfall.some(({ step }) => step === 'decode') && <Waterfall steps={now.waterfall} />}
    </section>
  );
}

type Row = readonly [name: string, value: string];

const UNKNOWN = '–';

function statisticRows(now: PlayerStatistics | undefined): Row[] {
  const words = playerTexts.statistics;
  const ms = (value: number | undefined) => (value === undefined ? UNKNOWN : `${Math.round(value)} ms`);
  const fps = now && now.fps > 0 && reportCardTexts.fps(now.fps);
  const size = now?.width ? [`${now.width} × ${now.height}`, fps].filter(Boolean).join(', ') : UNKNOWN;
  return [
    [words.age, ms(now?.pictureAgeMs)],
    [words.picture, size],
    [words.transport, now?.transport ? playerTexts.transport[now.transport] : UNKNOWN],
    [reportCardTexts.encoding, now?.codec ? codecName(now.codec) : UNKNOWN],
    [words.bitrate, now && now.bitrateKbps > 0 ? tileTexts.bitrate(now.bitrateKbps) : UNKNOWN],
    [words.buffer, ms(now?.jitterBufferMs ?? now?.bufferedMs)],
    [words.roundTrip, ms(now?.roundTripMs)],
    [words.loss, now?.lossPercent === undefined ? UNKNOWN : `${now.lossPercent.toFixed(1)} %`],
    [words.dropped, String(now?.framesDropped ?? UNKNOWN)],
    [words.switches, String(now?.switches ?? UNKNOWN)],
  ];
}
