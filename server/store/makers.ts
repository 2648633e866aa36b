import type { Database, Row } from './database.ts';

/** Who made a link or a token: it ends with this account or token. */
export type Maker = { readonly kind: 'account' | 'token'; readonly id: string };

/** Absent for what was made before makers were kept, by somebody who was gone already. */
export function readMaker({ maker_kind: kind, maker_id: id }: Row): { maker?: Maker } {
  return kind === null || id === null ? {} : { maker: { kind: kind as Maker['kind'], id: String(id) } };
}

/** Takes back what this maker made, and what was made by that. Within a transaction of the caller. */
export function takeBackMadeBy(database: Database, { kind, id }: Maker, nowMs: number): void {
  const madeBy = 'maker_kind = ? AND maker_id = ?';
  database.run(`UPDATE shares SET revoked_at = ? WHERE ${madeBy} AND revoked_at IS NULL`, nowMs, kind, id);
  const tokens = database.all(`SELECT id FROM tokens WHERE ${madeBy}`, kind, id);
  database.run(`DELETE FROM tokens WHERE ${madeBy}`, kind, id);
  for (const token of tokens) takeBackMadeBy(database, { kind: 'token', id: String(token.id) }, nowMs);
}

/** Links that are open and tokens go to another account, as if that one had made them. Within a transaction of the caller. */
export function handOver(database: Database, from: string, to: { readonly id: string; readonly name: string }): void {
  for (const table of ['shares', 'tokens'] as const) {
    database.run(
      `UPDATE ${table} SET maker_id = ?, created_by = ? WHERE maker_kind = 'account' AND maker_id = ?`,
      ...[to.id, to.name, from],
    );
  }
}
