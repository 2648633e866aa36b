import { randomUUID } from 'node:crypto';
import type { Database, Row } from './database.ts';

/** One browser that is signed in. */
export type Session = {
  readonly id: string;
  readonly userId: string;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly address?: string;
  readonly agent?: string;
};

export class Sessions {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * `passwordHash` is the one that the person's password was checked against. Returns undefined when the account has another one
   * by now or is gone: a sign-in during which the password changed does not count.
   */
  add(
    session: Pick<Session, 'userId' | 'address' | 'agent'>,
    passwordHash: string | undefined,
    tokenHash: string,
    nowMs: number,
  ): Session | undefined {
    const added: Session = { ...session, id: randomUUID(), createdAt: nowMs, lastUsedAt: nowMs };
    const rows = this.#database.run(
      `INSERT INTO sessions (id, token_hash, user_id, created_at, last_used_at, address, agent)
       SELECT :id, :tokenHash, id, :nowMs, :nowMs, :address, :agent
       FROM users WHERE id = :userId AND password_hash IS :passwordHash`,
      {
        id: added.id,
        tokenHash,
        nowMs,
        address: added.address ?? null,
        agent: added.agent ?? null,
        userId: added.userId,
        passwordHash: passwordHash ?? null,
      },
    );
    return rows > 0 ? added : undefined;
  }

  find(tokenHash: string): Session | undefined {
    const row = this.#database.get('SELECT * FROM sessions WHERE token_hash = ?', tokenHash);
    return row && readSession(row);
  }

  get(id: string): Session | undefined {
    const row = this.#database.get('SELECT * FROM sessions WHERE id = ?', id);
    return row && readSession(row);
  }

  list(userId: string): Session[] {
    return this.#database
      .all('SELECT * FROM sessions WHERE user_id = ? ORDER BY last_used_at DESC', userId)
      .map(readSession);
  }

  touch(id: string, nowMs: number): void {
    this.#database.tryRun('UPDATE sessions SET last_used_at = ? WHERE id = ?', nowMs, id);
  }

  remove(id: string): boolean {
    return this.#database.run('DELETE FROM sessions WHERE id = ?', id) > 0;
  }

  removeUnusedSince(timeMs: number): void {
    this.#database.tryRun('DELETE FROM sessions WHERE last_used_at < ?', timeMs);
  }
}

function readSession(row: Row): Session {
  return {
    id: String(row.id),
    userId: String(row.user_id),
    createdAt: Number(row.created_at),
    lastUsedAt: Number(row.last_used_at),
    ...(row.address === null ? {} : { address: String(row.address) }),
    ...(row.agent === null ? {} : { agent: String(row.agent) }),
  };
}
