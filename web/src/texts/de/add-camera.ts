import type * as english from '../en/add-camera.ts';

export const addCameraTexts: typeof english.addCameraTexts = {
  look: 'Kamera testen',
  looking: 'Die Kamera wird getestet.',
  steps: 'Schritte der Verbindung',
  seconds: (text) => `${text} s`,
  recognised: {
    nothing: 'Fügen Sie ein, was Sie haben: die Adresse der Kamera, ihre RTSP-URL oder ihre Seriennummer.',
    host: (host) => `Der Rechner ${host}. Welche Marke hat die Kamera?`,
    kinds: {
      rtsp: 'Eine RTSP-Kamera.',
      kasa: 'Eine TP-Link-Kasa-Kamera.',
      dahua: 'Eine Dahua-Kamera, erreichbar über ihre Seriennummer.',
      tunnel: 'Eine Kamera hinter einem Gerät, das sich von selbst einwählt.',
      clip: 'Eine Datei, in Schleife abgespielt.',
    },
    encrypted: 'Die Verbindung ist verschlüsselt.',
    brand: (name) => `Sieht aus wie ${name}.`,
    credentials: 'Benutzername und Passwort werden aus der Adresse herausgenommen.',
    substream: 'Auch ihre kleine Übertragung ist bekannt.',
  },
  problems: {
    'unknown-scheme': (schemes) => `Diese Art von Adresse kennt Oriel nicht. Es spielt ${schemes}.`,
    'web-page': 'Das ist die Adresse einer Webseite. Fügen Sie die Adresse der Kamera selbst ein.',
    'no-host': 'In der Adresse fehlt der Rechner nach den zwei Schrägstrichen.',
    spaces: 'Eine Adresse enthält keine Leerzeichen.',
  },
  maker: 'Marke',
  makerHint: 'Sagt, wo ihre Übertragungen liegen.',
  chooseMaker: 'Nicht bekannt',
  otherPath:
    'Versuchen Sie den Pfad aus dem Handbuch, oder wählen Sie die Marke: Fügen Sie dazu nur die Adresse des Rechners ein.',
  username: 'Benutzername',
  passwordHint: 'Wird verschlüsselt gespeichert und nie wieder angezeigt.',
  checkPassword: 'Prüfen Sie Benutzername und Passwort.',
  search: 'Kameras im Netz suchen',
  searching: 'Wird gesucht',
  noneFound:
    'Keine Kamera hat geantwortet. Kameras hinter einem Router hören die Frage nicht: Fügen Sie stattdessen eine Adresse ein.',
  use: 'Nehmen',
  name: 'Name',
  camera: 'Kamera',
  group: 'Gruppe',
  optional: 'Muss nicht sein',
  save: 'Kamera hinzufügen',
  saveAnyway: 'Trotzdem hinzufügen',
  added: (name) => `${name} hinzugefügt.`,
};
