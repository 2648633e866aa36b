import { useEffect } from 'preact/hooks';
import type { ViewerView } from '../../../shared/api.ts';
import { cameras, viewersChanged } from '../dashboard/live.ts';
import { may } from '../dashboard/session.ts';
import { kickViewer, listViewers } from '../gateway/share-requests.ts';
import { toastError } from '../page/announce.ts';
import { menuTexts } from '../texts/en/menu.ts';
import { shareTexts } from '../texts/en/share.ts';
import { tileTexts } from '../texts/en/tile.ts';
import { viewersTexts } from '../texts/en/viewers.ts';
import { Button } from '../ui/button.tsx';
import { Moment } from '../ui/moment.tsx';
import { PageHead } from '../ui/page-head.tsx';
import { useList } from '../ui/use-list.ts';
import { usePageTitle } from '../ui/use-page-title.ts';

/** Who is watching which camera now, and how well. */
export function ViewersPage() {
  usePageTitle(menuTexts.viewers);
  const { items, refresh } = useList(listViewers);
  const changes = viewersChanged.value;
  // The list is read again whenever the count of changes grows.
  useEffect(() => {
    void refresh();
  }, [changes]);
  return (
    <main class="page">
      <PageHead title={menuTexts.viewers} />
      <section class="card">
        {items.value?.length === 0 && <p class="quiet">{viewersTexts.nobody}</p>}
        <ul class="rows">
          {items.value?.map((viewer) => (
            <ViewerRow
              key={viewer.id}
              viewer={viewer}
              onKick={() => void kickViewer(viewer.id).then(refresh, toastError)}
            />
          ))}
        </ul>
      </section>
    </main>
  );
}

function ViewerRow({ viewer, onKick }: { readonly viewer: ViewerView; readonly onKick: () => void }) {
  const camera = cameras.value?.find(({ id }) => id === viewer.camera)?.name ?? viewer.camera;
  return (
    <li class="row">
      <span class="row-main">
        <span dir="auto">{`${viewer.who} · ${camera}`}</span>
        <span class="quiet numbers">
          <Moment at={viewer.sinceMs} />
          {factsOf(viewer).map((fact) => ` · ${fact}`)}
        </span>
      </span>
      {may('kick-viewers') && (
        <Button small onClick={onKick}>
          {shareTexts.kick}
        </Button>
      )}
    </li>
  );
}

function factsOf({ kind, quality, address, bitrateKbps, lossPercent, roundTripMs }: ViewerView): string[] {
  return [
    viewersTexts.kinds[kind],
    viewersTexts.qualities[quality],
    address,
    bitrateKbps === undefined ? undefined : tileTexts.bitrate(bitrateKbps),
    lossPercent === undefined ? undefined : viewersTexts.loss(lossPercent.toFixed(1)),
    roundTripMs === undefined ? undefined : viewersTexts.roundTrip(Math.round(roundTripMs)),
  ].filter((fact) => fact !== undefined);
}
