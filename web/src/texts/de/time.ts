import type * as english from '../en/time.ts';

export const timeTexts: typeof english.timeTexts = {
  now: 'gerade eben',
  ago: (text) => `vor ${text}`,
  ahead: (text) => `in ${text}`,
  seconds: (n) => `${n} s`,
  minutes: (n) => `${n} min`,
  hours: (n) => (n === 1 ? '1 Stunde' : `${n} Stunden`),
  days: (n) => (n === 1 ? '1 Tag' : `${n} Tagen`),
};
