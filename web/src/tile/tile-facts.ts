import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { codecName } from '../player/decision/codec-name.ts';
import type { Player } from '../player/player.ts';
import { playerTexts } from '../texts/en/player.ts';
import { tileTexts } from '../texts/en/tile.ts';

const POLL_MS = 1000;

/** Age, transport, codec and bitrate in one line, measured only while somebody looks at them. */
export function useTileFacts(player: Player | undefined, looking: boolean): ReadonlySignal<string> {
  const facts = useSignal('');
  useEffect(() => {
    if (!player || !looking) return;
    let gone = false;
    const read = async () => {
      const line = await readFacts(player);
      if (!gone) facts.value = line;
    };
    void read();
    const timer = setInterval(() => void read(), POLL_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [player, looking, facts]);
  return facts;
}

async function readFacts(player: Player): Promise<string> {
  const statistics = await player.statistics().catch(() => undefined);
  if (!statistics?.transport) return '';
  const { pictureAgeMs, transport, codec, bitrateKbps } = statistics;
  const age = pictureAgeMs === undefined ? undefined : tileTexts.age((pictureAgeMs / 1000).toFixed(1));
  return [
    age,
    playerTexts.transport[transport],
    codec && codecName(codec),
    bitrateKbps > 0 && tileTexts.bitrate(bitrateKbps),
  ]
    .filter(Boolean)
    .join(' · ');
}
