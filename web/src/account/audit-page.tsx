import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AuditEntry } from '../../../shared/api.ts';
import { AUDIT_PAGE, readAudit } from '../gateway/account-requests.ts';
import { toastError } from '../page/announce.ts';
import { auditTexts } from '../texts/en/audit.ts';
import { commonTexts } from '../texts/en/common.ts';
import { menuTexts } from '../texts/en/menu.ts';
import { Button } from '../ui/button.tsx';
import { Moment } from '../ui/moment.tsx';
import { PageHead } from '../ui/page-head.tsx';
import { usePageTitle } from '../ui/use-page-title.ts';

/** Who did what, newest first. */
export function AuditPage() {
  usePageTitle(menuTexts.audit);
  const entries = useSignal<readonly AuditEntry[]>([]);
  const complete = useSignal(true);
  const readMore = async () => {
    try {
      const older = await readAudit(entries.value.at(-1)?.id);
      entries.value = [...entries.value, ...older];
      complete.value = older.length < AUDIT_PAGE;
    } catch (error) {
      toastError(error);
    }
  };
  useEffect(() => {
    void readMore();
  }, []);
  return (
    <main class="page">
      <PageHead title={menuTexts.audit} />
      <section class="card">
        <AuditTable entries={entries.value} />
        {!complete.value && (
          <div>
            <Button onClick={() => void readMore()}>{commonTexts.more}</Button>
          </div>
        )}
      </section>
    </main>
  );
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
              <td>
                <Moment at={entry.at} />
              </td>
              <td dir="auto">{entry.who}</td>
              <td>{eventText(entry.event)}</td>
              <td dir="auto">{entry.subject}</td>
              <td class="quiet">{entry.detail}</td>
              <td class="quiet">{entry.address}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** A newer gateway may know events that this page has no words for. Those are shown by their code. */
function eventText(event: string): string {
  const known: Readonly<Record<string, string>> = auditTexts.events;
  return known[event] ?? event;
}
