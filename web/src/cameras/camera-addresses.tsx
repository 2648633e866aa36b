import type { CameraDetail } from '../../../shared/camera-api.ts';
import { cameraPageTexts } from '../texts/en/camera-page.ts';
import { CopyField } from '../ui/copy-field.tsx';

/** Where other programs find this camera. */
export function CameraAddresses({ addresses }: { readonly addresses: CameraDetail['addresses'] }) {
  const { rtsp, whep, hls, mp4 } = addresses;
  return (
    <section class="card" aria-label={cameraPageTexts.addresses}>
      <h2>{cameraPageTexts.addresses}</h2>
      <p class="quiet">{cameraPageTexts.addressesHint}</p>
      {rtsp && <CopyField label="RTSP" value={`rtsp://${location.hostname}${rtsp}`} />}
      <CopyField label="WHEP" value={location.origin + whep} />
      <CopyField label="LL-HLS" value={location.origin + hls} />
      <CopyField label="MP4" value={location.origin + mp4} />
    </section>
  );
}
