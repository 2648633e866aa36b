import { redact } from '../platform/redact.ts';
import type { Database, Row } from './database.ts';

export type AuditRecord = {
  readonly id: number;
  readonly at: number;
  readonly who: string;
  readonly address?: string;
  readonly event: string;
  readonly subject?: string;
  readonly detail?: string;
};

export type AuditFilter = {
  readonly event?: string;
  /** Stands in who did it, what it was done to, the detail or the address. */
  readonly text?: string;
  /** Cameras whose names hold the text, because the records know only their ids. */
  readonly subjects?: readonly string[];
};

/** Enough for a year of a busy gateway. Beyond this the oldest records are deleted. */
const MAX_RECORDS = 100_000;
const TRIM_EVERY = 1000;

/** Who did what, when and from where. Records are only added. One that cannot be written now is written later, so that it never prevents the action itself. */
export class Audit {
  readonly #database: Database;
  #added = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  add(record: Omit<AuditRecord, 'id' | 'at'>, nowMs: number): void {
    const { who, address, event, subject, detail } = record;
    this.#database.runSoon(
      `INSERT INTO audit (at, who, address, event, subject, detail)
       VALUES (:at, :who, :address, :event, :subject, :detail)`,
      {
        at: nowMs,
        who: redact(who),
        address: address ?? null,
        event,
        subject: subject === undefined ? null : redact(subject),
        detail: detail === undefined ? null : redact(detail),
      },
    );
    if (++this.#added % TRIM_EVERY === 0) {
      this.#database.runSoon('DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - ?', MAX_RECORDS);
    }
  }

  /** Newest first. `before` is the id of the last record on the previous page. */
  list(limit: number, before: number = Number.MAX_SAFE_INTEGER, only: AuditFilter = {}): AuditRecord[] {
    return this.#database
      .all(
        `SELECT * FROM audit
         WHERE id < :before
           AND (:event IS NULL OR event = :event)
           AND (:text IS NULL
             OR instr(lower(who || char(10) || coalesce(subject, '') || char(10) || coalesce(detail, '') || char(10)
               || coalesce(address, '')), lower(:text)) > 0
             OR subject IN (SELECT value FROM json_each(:subjects)))
         ORDER BY id DESC LIMIT :limit`,
        {
          before,
          limit,
          event: only.event ?? null,
          text: only.text ?? null,
          subjects: JSON.stringify(only.subjects ?? []),
        },
      )
      .map(readRecord);
  }
}

function readRecord(row: Row): AuditRecord {
  return {
    id: Number(row.id),
    at: Number(row.at),
    who: String(row.who),
    event: String(row.event),
    ...(row.address === null ? {} : { address: String(row.address) }),
    ...(row.subject === null ? {} : { subject: String(row.subject) }),
    ...(row.detail === null ? {} : { detail: String(row.detail) }),
  };
}
