import type * as english from '../en/tile.ts';

export const tileTexts: typeof english.tileTexts = {
  disabled: 'Ausgeschaltet.',
  changePassword: 'Passwort ändern',
  changeAddress: 'Adresse ändern',
  marks: {
    starting: 'Startet',
    live: 'Live',
    frozen: 'Steht',
    offline: 'Offline',
    refused: 'Abgelehnt',
    off: 'Aus',
  },
  age: (seconds) => `${seconds} s alt`,
  bitrate: (kbps) => (kbps >= 1000 ? `${(kbps / 1000).toFixed(1)} Mbit/s` : `${Math.round(kbps)} kbit/s`),
  open: (name) => `${name} öffnen`,
  close: 'Zurück zu allen Kameras',
  controls: (name) => `Bedienung von ${name}`,
  talking: 'Sie sprechen',
  snapshotSaved: (name) => `Standbild von ${name} gespeichert.`,
  share: 'Teilen',
  details: 'Seite der Kamera',
  wentOffline: (name) => `${name} ist offline.`,
  cameBack: (name) => `${name} ist wieder live.`,
};
