import type * as english from '../en/edit-camera.ts';

export const editCameraTexts: typeof english.editCameraTexts = {
  title: (name) => `${name} bearbeiten`,
  saved: (name) => `${name} gespeichert.`,
  inConfig:
    'Diese Kamera steht in der Konfigurationsdatei. Ändern Sie sie dort; das Gateway folgt der Datei von selbst.',
  address: 'Adresse der Hauptübertragung',
  substream: 'Adresse der kleinen Übertragung',
  substreamHint: 'Wird im Raster gezeigt, beim Öffnen die Hauptübertragung.',
  passwordKept: 'Gespeichert',
  enabled: 'Eingeschaltet',
  more: 'Weitere Einstellungen',
  transport: 'Transport',
  transports: { auto: 'Automatisch', tcp: 'TCP', udp: 'UDP', multicast: 'Multicast', http: 'RTSP in HTTP' },
  whenOffline: 'Wenn die Kamera offline geht',
  offline: {
    hold: 'Wer zusieht, wartet',
    'last-frame': 'Das letzte Bild zeigen',
    terminate: 'Die Ansicht beenden',
  },
  fallback: 'Adresse, solange sie offline ist',
  fallbackHint: 'Eine andere Kamera oder eine Datei.',
  via: 'Über einen Agenten erreichen',
  viaHint: 'Für Kameras an einem anderen Standort.',
  embedOrigins: 'Websites, die sie einbetten dürfen',
  embedOriginsHint: 'Origins, durch Leerzeichen getrennt. Ohne Angabe nur dieses Gateway.',
};
