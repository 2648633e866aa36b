import type * as english from '../en/first-camera.ts';

export const firstCameraTexts: typeof english.firstCameraTexts = {
  title: 'Ihre erste Kamera',
  text: 'Die Bilder hier kommen von Demo-Kameras. Fügen Sie die Adresse einer eigenen ein, um sie daneben zu sehen.',
  field: 'Adresse, Seriennummer oder RTSP-URL',
  action: 'Weiter',
  later: 'Später',
};
