import type { CameraFact } from '../../../shared/camera-api.ts';
import { formatClock, now } from '../page/time.ts';
import { cameraPageTexts } from '../texts/en/camera-page.ts';
import { Notice } from '../ui/notice.tsx';

/** What Oriel learned about a camera and acts on, and what its owner should know, in sentences. */
export function CameraFacts({ facts }: { readonly facts: readonly CameraFact[] }) {
  return facts.map((fact) => (
    <Notice
      key={fact.code === 'bare-tunnel' ? fact.device : fact.code}
      kind={fact.code === 'bare-tunnel' ? 'warning' : 'plain'}
    >
      {sentenceOf(fact)}
    </Notice>
  ));
}

function sentenceOf(fact: CameraFact): string {
  if (fact.code === 'bare-tunnel') return cameraPageTexts.facts.bareTunnel(fact.device, fact.from.join(', '));
  return cameraPageTexts.facts.udpLoss(fact.lossPercent, formatClock(fact.untilMs, now.peek()));
}
