import { commonTexts } from '../texts/en/common.ts';
import { shareTexts } from '../texts/en/share.ts';
import { ShareRow } from './share-row.tsx';
import { useShares } from './use-shares.ts';

/** The links of one camera, or of all; those that still open first. */
export function ShareList({ camera }: { readonly camera?: string }) {
  const { shares, viewers, refresh } = useShares();
  const all = shares.value?.filter((share) => camera === undefined || share.camera === camera);
  if (!all) return <p class="quiet">{commonTexts.loading}</p>;
  if (all.length === 0) return <p class="quiet">{shareTexts.noLinks}</p>;
  const isOver = (state: string) => state === 'revoked' || state === 'expired';
  const sorted = [...all].sort(
    (a, b) => Number(isOver(a.state)) - Number(isOver(b.state)) || b.createdAt - a.createdAt,
  );
  return (
    <ul class="rows">
      {sorted.map((share) => (
        <ShareRow
          key={share.id}
          share={share}
          viewers={viewers.value.filter((viewer) => viewer.share === share.id)}
          withCamera={camera === undefined}
          onChanged={refresh}
        />
      ))}
    </ul>
  );
}
