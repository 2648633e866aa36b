import type * as english from '../en/camera-page.ts';

export const cameraPageTexts: typeof english.cameraPageTexts = {
  facts: {
    udpLoss: (percent, until) =>
      `Über UDP gingen ${percent} % der Pakete dieser Kamera verloren. Oriel holt das Bild deshalb bis ${until} über TCP.`,
    bareTunnel: (device, networks) =>
      `Das Gerät ${device} weist sich nicht aus: Wer sich aus ${networks} einwählt, gilt als diese Kamera. Geben Sie ihm ein Token, sobald es den Handschlag beherrscht.`,
  },
  statistics: 'Messwerte',
  controls: 'Bedienung',
  controlNames: { led: 'LED', camera: 'Privatsphäre-Schalter (kein Bild)' },
  addresses: 'Adressen für andere Programme',
  addressesHint: 'Sie verlangen ein Token oder Name und Passwort dieses Gateways.',
  remove: 'Kamera entfernen',
  removeTitle: (name) => `${name} entfernen?`,
  removeHint: 'Beendet jede Ansicht von ihr und nimmt ihre geteilten Links zurück. Sie kann wieder hinzugefügt werden.',
  removed: (name) => `${name} entfernt.`,
};
