import type { ViewerView } from '../../../shared/api.ts';
import type { ShareView } from '../../../shared/share-link.ts';
import { cameras } from '../dashboard/live.ts';
import { may } from '../dashboard/session.ts';
import { kickViewer, revokeShare } from '../gateway/share-requests.ts';
import { toast, toastError } from '../page/announce.ts';
import { shareTexts } from '../texts/en/share.ts';
import { Button } from '../ui/button.tsx';
import { Moment } from '../ui/moment.tsx';

type ShareRowProps = {
  readonly share: ShareView;
  readonly viewers: readonly ViewerView[];
  readonly withCamera: boolean;
  readonly onChanged: () => Promise<void>;
};

const BADGES = { open: 'badge-good', closed: 'badge-warning', expired: '', revoked: 'badge-danger' };

/** One link: its limits, who watches through it, and how to end it. */
export function ShareRow({ share, viewers, withCamera, onChanged }: ShareRowProps) {
  const isOver = share.state === 'revoked' || share.state === 'expired';
  const revoke = () =>
    revokeShare(share.id).then(() => {
      toast(shareTexts.revoked(share.label));
      return onChanged();
    }, toastError);
  return (
    <li class="row">
      <div class="row-main">
        <span dir="auto">{share.label}</span>
        <span class="quiet share-limits">
          {withCamera && <span dir="auto">{cameraName(share.camera)}</span>}
          {limitTexts(share).map((text) => (
            <span key={text}>{text}</span>
          ))}
          {share.expiresAt !== undefined && !isOver && (
            <span>
              {shareTexts.endsAt} <Moment at={share.expiresAt} />
            </span>
          )}
          <span>
            {shareTexts.by(share.createdBy)} <Moment at={share.createdAt} />
          </span>
          <span>
            {shareTexts.opened(share.opened)}
            {share.lastUsedAt !== undefined && (
              <>
                {`, ${shareTexts.last} `}
                <Moment at={share.lastUsedAt} />
              </>
            )}
          </span>
        </span>
      </div>
      <span class={`badge ${BADGES[share.state]}`}>{shareTexts.states[share.state]}</span>
      {share.watching > 0 && <span class="badge badge-good">{shareTexts.watching(share.watching)}</span>}
      {!isOver && (
        <Button small look="danger" onClick={() => void revoke()}>
          {shareTexts.revoke}
        </Button>
      )}
      {viewers.length > 0 && <Watchers viewers={viewers} onChanged={onChanged} />}
    </li>
  );
}

function Watchers({ viewers, onChanged }: Pick<ShareRowProps, 'viewers' | 'onChanged'>) {
  return (
    <ul class="watchers">
      {viewers.map((viewer) => (
        <li key={viewer.id}>
          <span>
            {viewer.address ?? viewer.who} · <Moment at={viewer.sinceMs} />
          </span>
          {may('kick-viewers') && (
            <Button small onClick={() => void kickViewer(viewer.id).then(onChanged, toastError)}>
              {shareTexts.kick}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}

function cameraName(id: string): string {
  return cameras.value?.find((camera) => camera.id === id)?.name ?? id;
}

function limitTexts({ dailyWindow, maxViewers, audio, quality }: ShareView): string[] {
  return [
    dailyWindow && shareTexts.daily(dailyWindow.from, dailyWindow.to),
    maxViewers && shareTexts.atMost(maxViewers),
    !audio && shareTexts.silent,
    quality === 'sub' && shareTexts.small,
  ].filter((text) => typeof text === 'string');
}
