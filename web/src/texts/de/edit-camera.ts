import type * as english from '../en/edit-camera.ts';

export const editCameraTexts: typeof english.editCameraTexts = {
  title: (name) => `${name} bearbeiten`,
  saved: (name) => `${name} gespeichert.`,
  inConfig:
    'Diese Kamera steht in der Konfigurationsdatei. Ändern Sie sie dort; das Gateway folgt der Datei von selbst.',
  address: 'Adresse der Hauptübertragung',
  substream: 'Adresse der kleinen Übertragung',
  substreamHint:
    'Wird im Raster gezeigt, beim Öffnen die Hauptübertragung. Auf einem anderen Rechner braucht sie ihr eigenes Konto: rtsp://NAME:PASSWORT@RECHNER/…',
  passwordKept: 'Gespeichert',
  enabled: 'Eingeschaltet',
  more: 'Weitere Einstellungen',
  settings: {
    transport: {
      label: 'Transport',
      choices: { auto: 'Automatisch', tcp: 'TCP', udp: 'UDP', multicast: 'Multicast', http: 'RTSP in HTTP' },
    },
    whenOffline: {
      label: 'Wenn die Kamera offline geht',
      choices: {
        hold: 'Wer zusieht, wartet',
        'last-frame': 'Das letzte Bild zeigen',
        terminate: 'Die Ansicht beenden',
      },
    },
    stallSeconds: {
      label: 'Sekunden ohne Bild',
      hint: 'Danach wird die Kamera neu verbunden. Für Kameras, die von selbst länger als 10 s Pause machen.',
    },
    fallback: {
      label: 'Adresse, solange sie offline ist',
      hint: 'Eine andere Kamera oder eine Datei. Auf einem anderen Rechner braucht sie ihr eigenes Konto: rtsp://NAME:PASSWORT@RECHNER/…',
    },
    via: { label: 'Über einen Agenten erreichen', hint: 'Für Kameras an einem anderen Standort.' },
    embedOrigins: {
      label: 'Websites, die sie einbetten dürfen',
      hint: 'Origins, durch Leerzeichen getrennt. Ohne Angabe nur dieses Gateway.',
    },
  },
};
