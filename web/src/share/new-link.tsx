import type { ShareCreated } from '../../../shared/share-link.ts';
import { shareTexts } from '../texts/en/share.ts';
import { Button } from '../ui/button.tsx';
import { CopyField } from '../ui/copy-field.tsx';
import { Notice } from '../ui/notice.tsx';
import { QrPicture } from './qr-picture.tsx';

type NewLinkProps = { readonly created: ShareCreated; readonly onAnother: () => void };

/** Shows a new link. It is shown only once, because the gateway keeps nothing but a hash of it. */
export function NewLink({ created, onAnother }: NewLinkProps) {
  return (
    <div class="form">
      <Notice kind="good">{shareTexts.made}</Notice>
      {isOnlyHere(created.url) && (
        <Notice kind="warning">
          {shareTexts.onlyHere} {shareTexts.onlyHereHelp}
        </Notice>
      )}
      <CopyField label={shareTexts.link} value={created.url} />
      <QrPicture text={created.url} label={shareTexts.qr} />
      <div class="dialog-foot">
        {'share' in navigator && (
          <Button icon="share" onClick={() => void send(created)}>
            {shareTexts.send}
          </Button>
        )}
        <Button icon="add" onClick={onAnother}>
          {shareTexts.another}
        </Button>
      </div>
    </div>
  );
}

/** A phone that reads such an address would ask itself. */
function isOnlyHere(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127\./.test(hostname);
}

async function send({ url, share }: ShareCreated): Promise<void> {
  // Rejects when the person changes their mind.
  await navigator.share({ title: share.label, url }).catch(() => undefined);
}
