import { playerTexts } from '../texts/en/player.ts';
/** The picture on the screen as PNG, in the camera's own size. */
export function takeSnapshot(video: HTMLVideoElement): Promise<Blob> {
  const { videoWidth, videoHeight } = video;
  const canvas = document.createElement('canvas');
  canvas.width = videoWidth;
  canvas.height = videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return new Promise((resolve, reject) => {
    const done = (blob: Blob | null) => (blob ? resolve(blob) : reject(new Error(playerTexts.noPictureYet)));
    if (videoWidth === 0) done(null);
    else canvas.toBlob(done, 'image/png');
  });
}

/** Gives a picture to the person as a file named after camera and time. */
export function saveSnapshot(picture: Blob, camera: string, takenAt: Date): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(picture);
  link.download = `${camera}-${takenAt.toISOString().slice(0, 19).replaceAll(':', '-')}.png`;
  link.click();
  // By then the download has a reference of its own.
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
