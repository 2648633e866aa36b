import type { Database } from './database.ts';

/** Links that sign a person in once. They are made at the first start and when the owner asks for one on the gateway's machine. */
export class SignInLinks {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Older links of the same person stop working. */
  add(userId: string, tokenHash: string, expiresAt: number): void {
    this.#database.transaction(() => {
      this.#database.run('DELETE FROM sign_in_links WHERE user_id = ?', userId);
      this.#database.run(
        'INSERT INTO sign_in_links (token_hash, user_id, expires_at) VALUES (:tokenHash, :userId, :expiresAt)',
        { tokenHash, userId, expiresAt },
      );
    });
  }

  /** Uses up the link and returns whose it is. This works at most once. */
  take(tokenHash: string): { readonly userId: string; readonly expiresAt: number } | undefined {
    const row = this.#database.get('SELECT * FROM sign_in_links WHERE token_hash = ?', tokenHash);
    const taken = this.#database.run('DELETE FROM sign_in_links WHERE token_hash = ?', tokenHash) > 0;
    return row && taken ? { userId: String(row.user_id), expiresAt: Number(row.expires_at) } : undefined;
  }
}
