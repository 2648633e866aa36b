import { randomUUID } from 'node:crypto';
import type { Role } from '../../shared/roles.ts';
import { type CameraRights, cameraRightsColumn, readCameraRights } from './camera-rights.ts';
import type { Database, Row } from './database.ts';
import { type Maker, readMaker, takeBackMadeBy } from './makers.ts';

/** Tokens for programs, made in the dashboard. Tokens of the configuration file are never stored. */
export type ApiToken = {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly cameras: CameraRights;
  readonly createdAt: number;
  /** Its name, for people. */
  readonly createdBy: string;
  readonly maker?: Maker;
  readonly lastUsedAt?: number;
  readonly expiresAt?: number;
};

export class ApiTokens {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  add(token: Omit<ApiToken, 'id' | 'createdAt'>, tokenHash: string, nowMs: number): ApiToken {
    const added: ApiToken = { ...token, id: randomUUID(), createdAt: nowMs };
    this.#database.run(
      `INSERT INTO tokens (id, token_hash, name, role, cameras, created_at, created_by, maker_kind, maker_id, expires_at)
       VALUES (:id, :tokenHash, :name, :role, :cameras, :createdAt, :createdBy, :makerKind, :makerId, :expiresAt)`,
      {
        id: added.id,
        tokenHash,
        name: added.name,
        role: added.role,
        cameras: cameraRightsColumn(added.cameras),
        createdAt: nowMs,
        createdBy: added.createdBy,
        makerKind: added.maker?.kind ?? null,
        makerId: added.maker?.id ?? null,
        expiresAt: added.expiresAt ?? null,
      },
    );
    return added;
  }

  find(tokenHash: string): ApiToken | undefined {
    const row = this.#database.get('SELECT * FROM tokens WHERE token_hash = ?', tokenHash);
    return row && readToken(row);
  }

  get(id: string): ApiToken | undefined {
    const row = this.#database.get('SELECT * FROM tokens WHERE id = ?', id);
    return row && readToken(row);
  }

  list(): ApiToken[] {
    return this.#database.all('SELECT * FROM tokens ORDER BY created_at DESC, rowid DESC').map(readToken);
  }

  touch(id: string, nowMs: number): void {
    this.#database.tryRun('UPDATE tokens SET last_used_at = ? WHERE id = ?', nowMs, id);
  }

  /** Also revokes what was made with the token. */
  remove(id: string, nowMs: number): void {
    this.#database.transaction(() => {
      takeBackMadeBy(this.#database, { kind: 'token', id }, nowMs);
      this.#database.run('DELETE FROM tokens WHERE id = ?', id);
    });
  }
}

function readToken(row: Row): ApiToken {
  return {
    id: String(row.id),
    name: String(row.name),
    role: row.role as Role,
    cameras: readCameraRights(row.cameras),
    createdAt: Number(row.created_at),
    createdBy: String(row.created_by),
    ...readMaker(row),
    ...(row.last_used_at === null ? {} : { lastUsedAt: Number(row.last_used_at) }),
    ...(row.expires_at === null ? {} : { expiresAt: Number(row.expires_at) }),
  };
}
