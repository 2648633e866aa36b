import type { AuditEntry } from '../../../shared/api.ts';
import { auditTexts } from '../texts/en/audit.ts';
import { eventText, subjectText } from './audit-words.ts';

/** The log as a table that every spreadsheet reads: one line a record, times in ISO 8601. */
export function auditCsv(entries: readonly AuditEntry[]): string {
  const { when, who, what, subject, detail, address } = auditTexts;
  const rows = entries.map((entry) => [
    new Date(entry.at).toISOString(),
    entry.who,
    eventText(entry.event),
    subjectText(entry),
    entry.detail ?? '',
    entry.address ?? '',
  ]);
  return [[when, who, what, subject, detail, address], ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** A spreadsheet takes a text with one of these in front for a formula, and would run what a stranger wrote. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}
