import type * as english from '../en/errors.ts';

export const errorTexts: typeof english.errorTexts = {
  'no-route':
    'Das Netz dieser Kamera ist vom Gateway aus nicht erreichbar. Prüfen Sie Kabel, VLAN und die Adresse der Kamera.',
  'name-not-found':
    'Das Gateway kennt keinen Rechner dieses Namens. Prüfen Sie die Schreibweise oder nehmen Sie die IP-Adresse.',
  refused: 'Die Kamera antwortet, aber auf diesem Port hört nichts. Prüfen Sie den Port und ob RTSP eingeschaltet ist.',
  timeout: 'Die Kamera hat nicht rechtzeitig geantwortet. Prüfen Sie, ob sie Strom und Netz hat.',
  'wrong-password':
    'Die Kamera lehnt Benutzername oder Passwort ab. Berichtigen Sie sie: Oriel versucht es nicht von selbst noch einmal.',
  'needs-password': 'Die Kamera verlangt Benutzername und Passwort, und beides fehlt.',
  'no-such-path': 'Die Kamera antwortet, hat unter diesem Pfad aber kein Bild. Prüfen Sie den Pfad in der Adresse.',
  'no-free-session':
    'Die Kamera bedient schon so viele, wie sie kann. Beenden Sie eine andere App oder einen Rekorder, der sie nutzt.',
  'unsupported-codec':
    'Die Kamera sendet einen Codec, den Oriel nicht weitergeben kann. Stellen Sie in der Kamera H.264 ein.',
  stalled: 'Die Kamera ist verbunden, sendet aber kein Bild.',
  'camera-closed': 'Die Kamera hat die Übertragung beendet.',
  'camera-off': 'Der Privatsphäre-Schalter der Kamera ist an.',
  'bad-data': 'Was die Kamera sendet, ist nicht lesbar. Oft hilft ein Neustart der Kamera.',
  'picture-too-large':
    'Die Kamera sendet einzelne Bilder von mehr als 8 MB. Stellen Sie in der Kamera eine kleinere Auflösung oder Bitrate ein.',
  'tls-failed': 'Es kam keine sichere Verbindung zur Kamera zustande. Vielleicht ist ihr TLS zu alt.',
  'certificate-changed':
    'Die Kamera zeigt ein anderes Zertifikat als zuvor. Wenn Sie es ersetzt haben, speichern Sie die Kamera erneut.',
  'login-weakened':
    'Die Kamera verlangt ihr Passwort jetzt ungeschützt und tat das vorher nicht. Wenn Sie sie zurückgesetzt oder ersetzt haben, speichern Sie ihr Passwort neu.',
  'device-offline': 'Die Cloud des Herstellers kennt die Kamera, sie ist dort aber nicht verbunden.',
  'device-away': 'Das Gerät am Ort dieser Kamera ist nicht mit dem Gateway verbunden. Prüfen Sie dort Strom und Netz.',
  'camera-away':
    'Das Gerät am Ort dieser Kamera ist verbunden, erreicht die Kamera aber nicht. Prüfen Sie dort die Kamera.',
  'device-unknown':
    'Die Cloud des Herstellers kennt diese Seriennummer nicht. Vergleichen Sie sie mit dem Aufkleber der Kamera.',
  'clock-wrong':
    'Die Uhr der Kamera oder des Gateways geht falsch, darum lehnt die Kamera die Anmeldung ab. Stellen Sie beide Uhren.',
  'no-direct-path': 'Durch die Router wurde kein Weg zur Kamera gefunden. Ein Agent an ihrem Standort würde helfen.',
  'not-supported': 'Die Kamera kann das nicht.',
  'not-signed-in': 'Sie sind abgemeldet. Melden Sie sich erneut an.',
  'not-allowed': 'Ihr Konto darf das nicht. Fragen Sie die Verwaltung.',
  'site-not-allowed':
    'Diese Website darf die Kamera nicht einbetten. Wer das Gateway betreibt, kann es in den Einstellungen der Kamera erlauben.',
  'camera-not-found': 'Diese Kamera gibt es nicht mehr.',
  'share-expired': 'Dieser Link ist abgelaufen. Bitten Sie um einen neuen.',
  'share-revoked': 'Dieser Link wurde zurückgenommen. Bitten Sie um einen neuen.',
  'confirm-password': 'Ihre Anmeldung liegt eine Weile zurück. Geben Sie Ihr Passwort noch einmal ein.',
  'view-ended': 'Wer diese Kamera betreut, hat diese Ansicht beendet. Sie dürfen noch einmal darum bitten.',
  'too-many-viewers': 'Es sehen schon so viele zu, wie zugelassen sind.',
  'too-many-requests': 'Zu viele Anfragen auf einmal. Warten Sie einen Moment.',
  'no-common-codec':
    'Dieser Browser kann nicht zeigen, was die Kamera sendet. Versuchen Sie Chrome oder Safari, oder stellen Sie die Kamera auf H.264.',
  busy: 'Jemand anders benutzt das gerade. Versuchen Sie es gleich noch einmal.',
  'viewer-lost': 'Die Verbindung zu diesem Browser ging verloren.',
  stopping: 'Das Gateway wird beendet.',
  unreachable: 'Das Gateway antwortet nicht. Prüfen Sie, ob es läuft und dieses Gerät in seinem Netz ist.',
  'data-failed':
    'Das Gateway kann seine Daten nicht lesen oder schreiben. Bilder laufen weiter; sein Protokoll sagt, was zu tun ist.',
  internal: 'Das Gateway hatte einen eigenen Fehler. Sein Protokoll sagt mehr.',
};

export const gatewaySpeaksThis: typeof english.gatewaySpeaksThis = false;
