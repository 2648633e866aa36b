import type * as english from '../en/page.ts';

export const pageTexts: typeof english.pageTexts = {
  needsScript:
    'Oriel zeigt Live-Video und braucht JavaScript. Schalten Sie es für diese Seite ein und laden Sie sie neu.',
};
