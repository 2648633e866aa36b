import type * as english from '../en/player.ts';

export const playerTexts: typeof english.playerTexts = {
  label: (camera) => `Live-Bild von ${camera}`,
  live: 'Live',
  starting: {
    resolving: 'Die Kamera wird gesucht',
    connecting: 'Verbindung zur Kamera',
    asking: 'Die Kamera wird gefragt',
    'waiting-for-picture': 'Warten, dass die Kamera sendet',
    'waiting-for-key-frame': 'Warten auf das erste Bild',
    browser: 'Verbindung wird aufgebaut …',
  },
  upTo: (step, seconds) => `${step} (bis zu ${seconds} s)`,
  frozen: (seconds) => `Seit ${seconds} s kein neues Bild.`,
  stillAge: {
    seconds: (n) => `Bild ${n} s alt`,
    minutes: (n) => `Bild ${n} min alt`,
    hours: (n) => `Bild ${n} h alt`,
    days: (n) => `Bild ${n} Tage alt`,
  },
  culprit: {
    unknown: 'Die Ursache wird geprüft.',
    camera: 'Die Kamera sendet nicht mehr.',
    uplink: 'Die Kamera ist vom Gateway aus nicht erreichbar.',
    gateway: 'Das Gateway antwortet nicht. Es ist stehengeblieben, oder von hier kommt nichts zu ihm.',
    network: 'Das Netz zwischen dem Gateway und diesem Browser überträgt nichts.',
    browser: 'Dieser Browser zeigt nicht mehr, was er empfängt.',
  },
  offline: (time) => `Offline seit ${time}.`,
  tryingAgain: (seconds) => `Neuer Versuch in ${seconds} s.`,
  tryingNow: 'Neuer Versuch läuft.',
  unsupported: {
    codec: (codec) =>
      codec === 'H.264'
        ? 'Dieser Browser kann H.264 nicht abspielen. Aktualisieren Sie ihn oder nehmen Sie einen anderen.'
        : `Dieser Browser kann ${codec} nicht abspielen. Stellen Sie die Videokodierung der Kamera auf H.264, oder geben Sie ihr einen Substream in H.264.`,
    'b-frames':
      'Dieser Browser kann B-Frames nicht live abspielen. Schalten Sie B-Frames in der Kamera aus, oder wählen Sie ihr Profil Baseline.',
    'sound-only': 'Diese Kamera sendet nur Ton. Dieser Browser kann ihn nur über WebRTC wiedergeben.',
    'no-media-source':
      'Dieser Browser kann weder WebRTC noch Media-Source-Video abspielen. Aktualisieren Sie ihn oder nehmen Sie einen anderen.',
    'no-webrtc':
      'Dieser Browser kann weder WebRTC noch Media-Source-Video abspielen. Aktualisieren Sie ihn oder nehmen Sie einen anderen.',
  },
  unknownCodec: 'was diese Kamera sendet,',
  silent:
    'Dieser Browser kann den Ton dieser Kamera (AAC) nicht wiedergeben. Installieren Sie ffmpeg auf dem Rechner des Gateways.',
  soundOnly: 'Nur Ton',
  noSound: 'Diese Kamera sendet keinen Ton',
  noPictureYet: 'Noch gibt es kein Bild, das man speichern könnte.',
  transport: { webrtc: 'WebRTC', mp4: 'live.mp4', hls: 'LL-HLS' },
  controls: {
    toolbar: 'Bedienung',
    mute: 'Ton aus',
    unmute: 'Ton an',
    play: 'Abspielen',
    talk: 'Zum Sprechen halten',
    snapshot: 'Standbild speichern',
    pictureInPicture: 'Bild im Bild',
    fullscreen: 'Vollbild',
    statistics: 'Messwerte',
    retry: 'Jetzt versuchen',
  },
  talk: {
    notHere: 'Sprechen kann man nur in der Übersicht.',
    insecure: 'Der Browser gibt sein Mikrofon nur Seiten, die über HTTPS kommen.',
    denied:
      'Dem Browser wurde gesagt, dieser Seite kein Mikrofon zu geben. Erlauben Sie es in der Adresszeile und versuchen Sie es erneut.',
    noMicrophone: 'Es gibt kein Mikrofon, das diese Seite benutzen könnte. Schließen Sie eines an.',
  },
  statistics: {
    transport: 'Übertragungsart',
    picture: 'Bild',
    age: 'Alter des Bildes',
    bitrate: 'Bitrate',
    buffer: 'Puffer',
    loss: 'Verlorene Pakete',
    roundTrip: 'Hin und zurück',
    dropped: 'Ausgelassene Bilder',
    switches: 'Wechsel der Übertragungsart',
    waterfall: 'Bis zum ersten Bild',
  },
  step: {
    'sign-in': 'Anmeldung',
    source: 'Kamera',
    signalling: 'Absprache',
    ice: 'Wegsuche',
    dtls: 'Verschlüsselung',
    'first-packet': 'Erstes Paket',
    'key-frame': 'Schlüsselbild',
    decode: 'Dekodierung',
  },
};
