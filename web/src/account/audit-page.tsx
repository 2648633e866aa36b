import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AuditEntry } from '../../../shared/api.ts';
import { AUDIT_PAGE, type AuditQuestion, readAudit, readWholeAudit } from '../gateway/account-requests.ts';
import { toastError } from '../page/announce.ts';
import { formatExact } from '../page/time.ts';
import { auditTexts } from '../texts/en/audit.ts';
import { commonTexts } from '../texts/en/common.ts';
import { menuTexts } from '../texts/en/menu.ts';
import { Button } from '../ui/button.tsx';
import { SelectField, TextField } from '../ui/field.tsx';
import { PageHead } from '../ui/page-head.tsx';
import { usePageTitle } from '../ui/use-page-title.ts';
import { auditCsv } from './audit-csv.ts';
import { eventText, subjectText } from './audit-words.ts';

/** A pause in typing that is taken for the end of it. */
const TYPING_MS = 250;
const EVENT_CHOICES = [['', auditTexts.everything] as const, ...Object.entries(auditTexts.events)];

/** Who did what, newest first; by kind, by any word of it, and as a file. */
export function AuditPage() {
  usePageTitle(menuTexts.audit);
  const question = useSignal<AuditQuestion>({ event: '', search: '' });
  const entries = useSignal<readonly AuditEntry[] | undefined>(undefined);
  const complete = useSignal(true);
  const exporting = useSignal(false);
  const read = async (before: readonly AuditEntry[]) => {
    const asked = question.value;
    try {
      const older = await readAudit(asked, before.at(-1)?.id);
      // What was asked meanwhile has its own answer.
      if (asked !== question.value) return;
      entries.value = [...before, ...older];
      complete.value = older.length < AUDIT_PAGE;
    } catch (error) {
      toastError(error);
    }
  };
  const { event, search } = question.value;
  useEffect(() => {
    const timer = setTimeout(() => void read([]), entries.peek() === undefined ? 0 : TYPING_MS);
    return () => clearTimeout(timer);
  }, [event, search]);
  const change = (part: Partial<AuditQuestion>) => {
    question.value = { ...question.value, ...part };
  };
  const exportAll = async () => {
    exporting.value = true;
    try {
      download(auditCsv(await readWholeAudit(question.value)));
    } catch (error) {
      toastError(error);
    } finally {
      exporting.value = false;
    }
  };
  return (
    <main class="page">
      <PageHead title={menuTexts.audit}>
        <Button disabled={exporting.value} onClick={() => void exportAll()}>
          {auditTexts.export}
        </Button>
      </PageHead>
      <section class="card">
        <search class="form-row">
          <TextField
            label={auditTexts.search}
            type="search"
            value={search}
            onInput={(text) => change({ search: text })}
          />
          <SelectField
            label={auditTexts.what}
            value={event}
            options={EVENT_CHOICES}
            onChange={(chosen) => change({ event: chosen })}
          />
        </search>
        {entries.value?.length === 0 && <p class="quiet">{auditTexts.nothing}</p>}
        {entries.value !== undefined && entries.value.length > 0 && <AuditTable entries={entries.value} />}
        {!complete.value && (
          <div>
            <Button onClick={() => void read(entries.value ?? [])}>{commonTexts.more}</Button>
          </div>
        )}
      </section>
    </main>
  );
}

function download(text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `oriel-audit-${new Date().toISOString().slice(0, 10)}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 0);
}

function AuditTable({ entries }: { readonly entries: readonly AuditEntry[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is reached by keyboard.
    <section class="table-box" tabIndex={0} aria-label={menuTexts.audit}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{auditTexts.when}</th>
            <th scope="col">{auditTexts.who}</th>
            <th scope="col">{auditTexts.what}</th>
            <th scope="col">{auditTexts.subject}</th>
            <th scope="col">{auditTexts.detail}</th>
            <th scope="col">{auditTexts.address}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.id}>
              <td class="numbers">
                <time dateTime={new Date(entry.at).toISOString()}>{formatExact(entry.at)}</time>
              </td>
              <td dir="auto">{entry.who}</td>
              <td>{eventText(entry.event)}</td>
              <td dir="auto">{subjectText(entry)}</td>
              <td class="quiet">{entry.detail}</td>
              <td class="quiet">{entry.address}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
