import { randomUUID } from 'node:crypto';
import type { SavedView, SavedViewInput } from '../../shared/api.ts';
import type { Database } from './database.ts';

/** The arrangements of the grid that each person has saved. */
export class SavedViews {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  list(userId: string): SavedView[] {
    return this.#database
      .all('SELECT * FROM saved_views WHERE user_id = ? ORDER BY rowid', userId)
      .map((row) => ({ id: String(row.id), ...(JSON.parse(String(row.view)) as SavedViewInput) }));
  }

  add(userId: string, view: SavedViewInput): SavedView {
    const id = randomUUID();
    this.#database.run('INSERT INTO saved_views (id, user_id, view) VALUES (:id, :userId, :json)', {
      id,
      userId,
      json: JSON.stringify(view),
    });
    return { id, ...view };
  }

  /** `false` when this person has no such view. */
  update(userId: string, id: string, view: SavedViewInput): boolean {
    const json = JSON.stringify(view);
    const sql = 'UPDATE saved_views SET view = :json WHERE id = :id AND user_id = :userId';
    return this.#database.run(sql, { id, userId, json }) > 0;
  }

  remove(userId: string, id: string): boolean {
    return this.#database.run('DELETE FROM saved_views WHERE id = ? AND user_id = ?', id, userId) > 0;
  }
}
