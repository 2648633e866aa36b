import type * as english from '../en/common.ts';

export const commonTexts: typeof english.commonTexts = {
  product: 'Oriel',
  close: 'Schließen',
  cancel: 'Abbrechen',
  save: 'Speichern',
  saved: 'Gespeichert.',
  dismiss: 'Ausblenden',
  messages: 'Meldungen',
  showTyped: 'Eingabe zeigen',
  hideTyped: 'Eingabe verbergen',
  copy: 'Kopieren',
  copied: 'Kopiert.',
  copyByHand: 'Der Text ist ausgewählt: Kopieren Sie ihn mit der Tastatur.',
  edit: 'Bearbeiten',
  loading: 'Wird geladen',
  never: 'Nie',
  later: 'Später',
  retry: 'Erneut versuchen',
  more: 'Mehr',
  reconnecting: 'Das Gateway antwortet nicht. Die Verbindung wird neu aufgebaut.',
  pageFailed:
    'Dieser Teil der Seite konnte nicht geladen werden. Vielleicht wurde das Gateway aktualisiert: Laden Sie die Seite neu.',
  notFound: 'Unter dieser Adresse gibt es nichts.',
  notForYou: 'Ihr Konto darf diese Seite nicht öffnen. Fragen Sie die Verwaltung.',
  toGrid: 'Alle Kameras',
};
