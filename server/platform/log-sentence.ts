import { hasControlCharacters } from '../../shared/plain-text.ts';

type LogRecord = Readonly<Record<string, unknown>> & { readonly level: number; readonly time: number };

const WARNING = 40;
const ERROR = 50;
/** They have a place of their own in the sentence. */
const OWN_PLACE: ReadonlySet<string> = new Set(['level', 'time', 'msg', 'err', 'reason']);

/** A line of the log as a person at a terminal reads it: the time, what happened and why, and what it concerns in brackets. */
export function logSentence(line: string): string {
  const record = JSON.parse(line) as LogRecord;
  const facts = Object.entries(record).flatMap(([name, value]) =>
    OWN_PLACE.has(name) || Array.isArray(value) || said(value) === '' ? [] : [`${name}: ${said(value)}`],
  );
  const about = facts.length > 0 ? ` (${facts.join(', ')})` : '';
  const why = [record.reason, (record.err as { message?: unknown } | undefined)?.message].map(said);
  const sentences = [withFacts(said(record.msg), about), ...why].filter((text) => text !== '').map(asSentence);
  const lists = Object.values(record).flatMap((value) => (Array.isArray(value) ? value.map(said) : []));
  const time = new Date(record.time).toTimeString().slice(0, 8);
  const lines = [`${time} ${severity(record.level)}${sentences.join(' ')}`, ...lists.map((item) => `  ${item}`)];
  return `${lines.map(onOneLine).join('\n')}\n`;
}

/** The brackets stand before the end of the last sentence. */
function withFacts(happened: string, about: string): string {
  const [, text = '', end = ''] = /^(.*?)([.!?…]?)$/s.exec(happened) ?? [];
  return text + about + end;
}

function severity(level: number): string {
  return level >= ERROR ? 'Error: ' : level >= WARNING ? 'Warning: ' : '';
}

function said(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function asSentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}

/** What a camera or a visitor sent must not move the cursor of the terminal. */
function onOneLine(text: string): string {
  return [...text].map((character) => (hasControlCharacters(character) ? ' ' : character)).join('');
}
