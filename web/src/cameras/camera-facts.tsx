import type { CameraFact } from '../../../shared/camera-api.ts';
import { formatClock, now } from '../page/time.ts';
import { cameraPageTexts } from '../texts/en/camera-page.ts';
import { Notice } from '../ui/notice.tsx';

/** What Oriel learned about a camera and acts on, in sentences. */
export function CameraFacts({ facts }: { readonly facts: readonly CameraFact[] }) {
  return facts.map(({ code, lossPercent, untilMs }) => (
    <Notice key={code} kind="plain">
      {cameraPageTexts.facts.udpLoss(lossPercent, formatClock(untilMs, now.peek()))}
    </Notice>
  ));
}
