import type * as english from '../en/report-card.ts';

export const reportCardTexts: typeof english.reportCardTexts = {
  title: 'Zeugnis',
  run: 'Kamera untersuchen',
  about: 'Verbindet sich für einige Sekunden mit der Kamera und misst, was sie sendet.',
  perfect: 'Nichts zu verbessern.',
  advice: {
    'b-frames':
      'Diese Übertragung enthält B-Frames, die WebRTC nicht zeigen kann. Wählen Sie in der Kamera das Profil Baseline oder Main ohne B-Frames; bis dahin läuft sie mit mehr Verzögerung.',
    h265: 'Diese Übertragung ist H.265, was nicht jeder Browser abspielt. Wählen Sie in der Kamera für eine der beiden Übertragungen H.264, dann zeigt sie jeder Browser.',
    'long-key-frame-interval':
      'Die Kamera sendet nur selten ein ganzes Bild. Mit einem Abstand der Schlüsselbilder von 2 s kommt das erste Bild nach einer Pause früher.',
    'no-substream':
      'Eine kleinere Übertragung ist nicht bekannt. Mit ihr braucht ein Raster vieler Kameras viel weniger Bandbreite; suchen Sie in der Kamera nach „Substream“.',
    aac: 'Der Ton ist AAC, den WebRTC nicht überträgt. Mit installiertem ffmpeg wandelt Oriel ihn um, solange jemand zuhört; G.711 oder Opus in der Kamera braucht keine Umwandlung.',
    'no-sound': 'Diese Kamera sendet keinen Ton.',
  },
  still: {
    label: 'Was die Kamera sieht',
    unplayable: 'Dieser Browser kann nicht zeigen, was die Kamera sendet, darum ist hier kein Bild.',
  },
  device: 'Gerät',
  picture: 'Bild',
  encoding: 'Kodierung',
  bitrate: 'Bitrate',
  keyFrames: 'Schlüsselbilder',
  bFrames: 'B-Frames',
  sound: 'Ton',
  substream: 'Kleine Übertragung',
  transport: 'Transport',
  drift: 'Gang der Uhr',
  total: 'Erstes Bild nach',
  found: 'Gefunden',
  yes: 'Ja',
  no: 'Nein',
  fps: (n) => `${Math.round(n * 10) / 10} Bilder/s`,
  level: (text) => `Level ${text}`,
  every: (seconds) => `alle ${seconds} s`,
  ppm: (n) => `${n > 0 ? '+' : ''}${n} ppm`,
};
