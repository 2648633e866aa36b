import type { Database, Row } from './database.ts';

/** Who made a link or a token. The link or token ends together with this account or token. */
export type Maker = { readonly kind: 'account' | 'token'; readonly id: string };

/** Absent for things made before makers were stored, by somebody who no longer existed when they were added. */
export function readMaker({ maker_kind: kind, maker_id: id }: Row): { maker?: Maker } {
  return kind === null || id === null ? {} : { maker: { kind: kind as Maker['kind'], id: String(id) } };
}

/** Revokes what this maker made and what was made by those in turn. Runs within the caller's transaction. */
export function takeBackMadeBy(database: Database, { kind, id }: Maker, nowMs: number): void {
  const madeBy = 'maker_kind = ? AND maker_id = ?';
  database.run(`UPDATE shares SET revoked_at = ? WHERE ${madeBy} AND revoked_at IS NULL`, nowMs, kind, id);
  const tokens = database.all(`SELECT id FROM tokens WHERE ${madeBy}`, kind, id);
  database.run(`DELETE FROM tokens WHERE ${madeBy}`, kind, id);
  for (const token of tokens) takeBackMadeBy(database, { kind: 'token', id: String(token.id) }, nowMs);
}

/** Gives open links and tokens to another account, as if it had made them. Runs within the caller's transaction. */
export function handOver(database: Database, from: string, to: { readonly id: string; readonly name: string }): void {
  for (const table of ['shares', 'tokens'] as const) {
    database.run(
      `UPDATE ${table} SET maker_id = :to, created_by = :name WHERE maker_kind = 'account' AND maker_id = :from`,
      { from, to: to.id, name: to.name },
    );
  }
}
