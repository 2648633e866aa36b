import { randomUUID } from 'node:crypto';
import type { Role } from '../../shared/roles.ts';
import { GatewayError } from '../platform/errors.ts';
import { type CameraRights, cameraRightsColumn, readCameraRights } from './camera-rights.ts';
import type { Database, Row, Value } from './database.ts';
import { handOver, takeBackMadeBy } from './makers.ts';

export type User = {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly cameras: CameraRights;
  /** When absent, the person can only sign in with a one-time link. */
  readonly passwordHash?: string;
  readonly createdAt: number;
};

export type UserChange = Partial<Pick<User, 'name' | 'role' | 'cameras' | 'passwordHash'>>;

export class Users {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  list(): User[] {
    return this.#database.all('SELECT * FROM users ORDER BY name').map(readUser);
  }

  get(id: string): User | undefined {
    const row = this.#database.get('SELECT * FROM users WHERE id = ?', id);
    return row && readUser(row);
  }

  /** Names are compared without case. */
  byName(name: string): User | undefined {
    const row = this.#database.get('SELECT * FROM users WHERE name = ?', name);
    return row && readUser(row);
  }

  /** Throws `already-exists`. */
  add(user: Omit<User, 'id' | 'createdAt'>, nowMs: number): User {
    this.#refuseTaken(user.name, undefined);
    const added: User = { ...user, id: randomUUID(), createdAt: nowMs };
    this.#database.run(
      `INSERT INTO users (id, name, role, cameras, password_hash, created_at)
       VALUES (:id, :name, :role, :cameras, :passwordHash, :createdAt)`,
      {
        id: added.id,
        name: added.name,
        role: added.role,
        cameras: cameraRightsColumn(added.cameras),
        passwordHash: added.passwordHash ?? null,
        createdAt: nowMs,
      },
    );
    return added;
  }

  /** Returns the account after the change. Throws `not-found`, `already-exists`, and for the last administrator `not-allowed`. */
  check(id: string, change: UserChange): User {
    const user = this.#require(id);
    if (change.name !== undefined) this.#refuseTaken(change.name, id);
    const changed: User = { ...user, ...change };
    if (!isFullAdmin(changed)) this.#refuseLastAdmin(user);
    return changed;
  }

  /**
   * Throws as `check` does. A new password or new rights end all its sign-ins except `keptSession`. A new password also ends the
   * links that would have signed it in.
   */
  update(id: string, change: UserChange, keptSession?: string): User {
    const changed = this.check(id, change);
    const { name, role, cameras, passwordHash } = changed;
    this.#database.transaction(() => {
      this.#database.run(
        `UPDATE users SET name = :name, role = :role, cameras = :cameras, password_hash = :passwordHash
         WHERE id = :id`,
        { id, name, role, cameras: cameraRightsColumn(cameras), passwordHash: passwordHash ?? null },
      );
      if (change.passwordHash !== undefined) this.#database.run('DELETE FROM sign_in_links WHERE user_id = ?', id);
      if (change.passwordHash !== undefined || change.role !== undefined || change.cameras !== undefined)
        this.#database.run('DELETE FROM sessions WHERE user_id = ? AND id IS NOT ?', id, keptSession ?? null);
    });
    return changed;
  }

  /** Returns the account if it may be removed. Throws `not-found`, and `not-allowed` for the last administrator. */
  checkRemoval(id: string): User {
    const user = this.#require(id);
    this.#refuseLastAdmin(user);
    return user;
  }

  /**
   * Also deletes its sign-ins, its saved views, and the links and tokens that it made unless they are given to another account.
   * Throws as `checkRemoval` does.
   */
  remove(id: string, nowMs: number, heir?: User): User {
    const user = this.checkRemoval(id);
    this.#database.transaction(() => {
      if (heir) handOver(this.#database, id, heir);
      takeBackMadeBy(this.#database, { kind: 'account', id }, nowMs);
      this.#database.run('DELETE FROM users WHERE id = ?', id);
    });
    return user;
  }

  /** How many open links and tokens end with the account. */
  made(id: string, nowMs: number): { readonly links: number; readonly tokens: number } {
    const count = (sql: string, ...values: Value[]): number =>
      Number(this.#database.get(`${sql} AND maker_kind = 'account' AND maker_id = ?`, ...values, id)?.n);
    const isOpen = 'revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)';
    return {
      links: count(`SELECT count(*) AS n FROM shares WHERE ${isOpen}`, nowMs),
      tokens: count('SELECT count(*) AS n FROM tokens WHERE (expires_at IS NULL OR expires_at > ?)', nowMs),
    };
  }

  #require(id: string): User {
    const user = this.get(id);
    if (!user) throw new GatewayError('not-found', 'There is no such account.');
    return user;
  }

  #refuseTaken(name: string, ownId: string | undefined): void {
    const holder = this.byName(name);
    if (holder && holder.id !== ownId) throw new GatewayError('already-exists', `The name ${name} is taken.`);
  }

  #refuseLastAdmin(user: User): void {
    if (!isFullAdmin(user) || this.list().filter(isFullAdmin).length > 1) return;
    throw new GatewayError(
      'not-allowed',
      'This is the last administrator of all cameras. Make somebody else an administrator of all cameras first.',
    );
  }
}

function isFullAdmin(user: User): boolean {
  return user.role === 'admin' && user.cameras === 'all';
}

function readUser(row: Row): User {
  return {
    id: String(row.id),
    name: String(row.name),
    role: row.role as Role,
    cameras: readCameraRights(row.cameras),
    ...(row.password_hash === null ? {} : { passwordHash: String(row.password_hash) }),
    createdAt: Number(row.created_at),
  };
}
