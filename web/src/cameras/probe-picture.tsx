import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ProbeReport } from '../../../shared/probe-report.ts';
import { reportCardTexts } from '../texts/en/report-card.ts';

type Picture = NonNullable<ProbeReport['picture']>;

/** Shows what the camera sees before anything is saved, as a video of one frame. */
export function ProbePicture({ picture }: { readonly picture: Picture }) {
  const url = useSignal<string | undefined>(undefined);
  const isUnplayable = useSignal(false);
  useEffect(() => {
    const made = URL.createObjectURL(blobOf(picture));
    url.value = made;
    isUnplayable.value = false;
    return () => URL.revokeObjectURL(made);
  }, [picture, url, isUnplayable]);
  const { label, unplayable } = reportCardTexts.still;
  if (isUnplayable.value) return <p class="quiet">{unplayable}</p>;
  return (
    <video
      class="probe-picture"
      src={url.value}
      aria-label={label}
      muted
      autoPlay
      playsInline
      disablePictureInPicture
      onError={() => {
        isUnplayable.value = true;
      }}
    />
  );
}

function blobOf({ mimeType, base64 }: Picture): Blob {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Blob([bytes], { type: mimeType });
}
