import type * as english from '../en/views.ts';

export const viewTexts: typeof english.viewTexts = {
  save: 'Diese Ansicht speichern',
  name: 'Name der Ansicht',
  hint: 'Merkt sich diese Kameras, ihre Reihenfolge, die Anordnung und den Wechsel.',
  saved: (name) => `Ansicht „${name}“ gespeichert.`,
  deleted: (name) => `Ansicht „${name}“ gelöscht.`,
  remove: (name) => `Ansicht „${name}“ löschen`,
};
