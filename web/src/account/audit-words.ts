import type { AuditEntry } from '../../../shared/api.ts';
import { cameras } from '../dashboard/live.ts';
import { auditTexts } from '../texts/en/audit.ts';

const EVENTS: Readonly<Record<string, string>> = auditTexts.events;

/** A newer gateway may know events that this page has no words for. Those are shown by their code. */
export function eventText(event: string): string {
  return EVENTS[event] ?? event;
}

/** The record keeps the id of a camera; people know its name. */
export function subjectText({ subject = '' }: AuditEntry): string {
  return cameras.value?.find(({ id }) => id === subject)?.name ?? subject;
}
