import type * as english from '../en/shortcuts.ts';

export const shortcutTexts: typeof english.shortcutTexts = {
  keys: [
    ['← ↑ → ↓', 'Zur nächsten Kamera'],
    ['Umschalt + Pfeile', 'Die Kamera verschieben'],
    ['Eingabe', 'Die Kamera öffnen oder schließen'],
    ['Esc', 'Zurück zu allen Kameras oder von der Wand'],
    ['F', 'Vollbild'],
    ['M', 'Ton an oder aus'],
    ['S', 'Standbild speichern'],
    ['1 – 6', 'Anordnung: eine, 2 × 2, 3 × 3, 4 × 4, automatisch, eine groß'],
    ['7 – 9', 'Ihre ersten drei Ansichten'],
    ['R', 'Wechseln'],
    ['/', 'Kamera suchen'],
    ['?', 'Diese Liste'],
  ],
};
