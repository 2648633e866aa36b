import { randomUUID } from 'node:crypto';
import type { DailyWindow } from '../../shared/share-link.ts';
import type { Database, Row } from './database.ts';
import { type Maker, readMaker } from './makers.ts';

/** A link that shows one camera to whoever has it. */
export type ShareLink = {
  readonly id: string;
  readonly camera: string;
  readonly label: string;
  readonly createdAt: number;
  /** Its name, for people. */
  readonly createdBy: string;
  readonly maker?: Maker;
  readonly expiresAt?: number;
  readonly dailyWindow?: DailyWindow;
  readonly maxViewers?: number;
  readonly audio: boolean;
  readonly quality: 'main' | 'sub';
  readonly lastUsedAt?: number;
  /** How often its page was opened. */
  readonly opened: number;
  readonly revokedAt?: number;
};

export class ShareLinks {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  add(share: Omit<ShareLink, 'id' | 'createdAt' | 'opened'>, tokenHash: string, nowMs: number): ShareLink {
    const added: ShareLink = { ...share, id: randomUUID(), createdAt: nowMs, opened: 0 };
    this.#database.run(
      `INSERT INTO shares
         (id, token_hash, camera, label, created_at, created_by, maker_kind, maker_id, expires_at, daily_window,
          max_viewers, audio, quality)
       VALUES
         (:id, :tokenHash, :camera, :label, :createdAt, :createdBy, :makerKind, :makerId, :expiresAt, :dailyWindow,
          :maxViewers, :audio, :quality)`,
      {
        id: added.id,
        tokenHash,
        camera: added.camera,
        label: added.label,
        createdAt: nowMs,
        createdBy: added.createdBy,
        makerKind: added.maker?.kind ?? null,
        makerId: added.maker?.id ?? null,
        expiresAt: added.expiresAt ?? null,
        dailyWindow: added.dailyWindow ? JSON.stringify(added.dailyWindow) : null,
        maxViewers: added.maxViewers ?? null,
        audio: added.audio ? 1 : 0,
        quality: added.quality,
      },
    );
    return added;
  }

  find(tokenHash: string): ShareLink | undefined {
    const row = this.#database.get('SELECT * FROM shares WHERE token_hash = ?', tokenHash);
    return row && readShareLink(row);
  }

  get(id: string): ShareLink | undefined {
    const row = this.#database.get('SELECT * FROM shares WHERE id = ?', id);
    return row && readShareLink(row);
  }

  /** All links, newest first, including those that have ended. */
  list(): ShareLink[] {
    return this.#database.all('SELECT * FROM shares ORDER BY created_at DESC, rowid DESC').map(readShareLink);
  }

  /** Returns false when it was already revoked. */
  revoke(id: string, nowMs: number): boolean {
    return this.#database.run('UPDATE shares SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL', nowMs, id) > 0;
  }

  /** The links that were not revoked. */
  openOfCamera(camera: string): ShareLink[] {
    return this.list().filter((share) => share.camera === camera && share.revokedAt === undefined);
  }

  touch(id: string, nowMs: number): void {
    this.#database.tryRun('UPDATE shares SET last_used_at = ? WHERE id = ?', nowMs, id);
  }

  /** Somebody opened its page. */
  countOpening(id: string, nowMs: number): void {
    this.#database.tryRun('UPDATE shares SET opened = opened + 1, last_used_at = ? WHERE id = ?', nowMs, id);
  }

  /** Ended links are kept for a while as a record. */
  removeEndedBefore(timeMs: number): void {
    this.#database.run('DELETE FROM shares WHERE revoked_at < ? OR expires_at < ?', timeMs, timeMs);
  }
}

function readShareLink(row: Row): ShareLink {
  return {
    id: String(row.id),
    camera: String(row.camera),
    label: String(row.label),
    createdAt: Number(row.created_at),
    createdBy: String(row.created_by),
    ...readMaker(row),
    ...(row.expires_at === null ? {} : { expiresAt: Number(row.expires_at) }),
    ...(row.daily_window === null ? {} : { dailyWindow: JSON.parse(String(row.daily_window)) as DailyWindow }),
    ...(row.max_viewers === null ? {} : { maxViewers: Number(row.max_viewers) }),
    audio: row.audio === 1,
    quality: row.quality as 'main' | 'sub',
    opened: Number(row.opened),
    ...(row.last_used_at === null ? {} : { lastUsedAt: Number(row.last_used_at) }),
    ...(row.revoked_at === null ? {} : { revokedAt: Number(row.revoked_at) }),
  };
}
