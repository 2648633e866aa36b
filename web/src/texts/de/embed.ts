import type * as english from '../en/embed.ts';

export const embedTexts: typeof english.embedTexts = {
  noCamera: 'Unter dieser Adresse gibt es keine Kamera.',
  guest: (label) => `Mit Ihnen geteilt: ${label}`,
  noTimeLimit: 'Ohne Ende',
  endsIn: (span) => `Endet in ${span}`,
  ended: 'Dieser Link ist abgelaufen. Bitten Sie um einen neuen.',
  opensAt: (time) => `Diese Kamera wird nur zu bestimmten Stunden gezeigt. Das nächste Mal ab ${time}.`,
  closed: 'Diese Kamera wird nur zu bestimmten Stunden gezeigt, und jetzt nicht.',
  unreachable: 'Das Gateway antwortet nicht. Diese Seite versucht es von selbst wieder.',
  span: {
    days: (n) => (n === 1 ? '1 Tag' : `${n} Tagen`),
    hours: (n) => (n === 1 ? '1 Stunde' : `${n} Stunden`),
    minutes: (n) => `${n} min`,
    seconds: (n) => `${n} s`,
  },
};
