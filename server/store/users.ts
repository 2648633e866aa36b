import { randomUUID } from 'node:crypto';
import type { Role } from '../../shared/roles.ts';
import { GatewayError } from '../platform/errors.ts';
import { type CameraRights, cameraRightsColumn, readCameraRights } from './camera-rights.ts';
import type { Database, Row } from './database.ts';

export type User = {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly cameras: CameraRights;
  /** Absent: can sign in with a one-time link only. */
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
      'INSERT INTO users (id, name, role, cameras, password_hash, created_at) VALUES (?, ?, ?, ?, ?, ?)',
      ...[added.id, added.name, added.role, cameraRightsColumn(added.cameras), added.passwordHash ?? null, nowMs],
    );
    return added;
  }

  /** Throws `not-found` and `already-exists`; an account that is the last administrator stays one. */
  update(id: string, change: UserChange): User {
    const user = this.#require(id);
    if (change.name !== undefined) this.#refuseTaken(change.name, id);
    const changed: User = { ...user, ...change };
    if (!isFullAdmin(changed)) this.#refuseLastAdmin(user);
    this.#database.run(
      'UPDATE users SET name = ?, role = ?, cameras = ?, password_hash = ? WHERE id = ?',
      ...[changed.name, changed.role, cameraRightsColumn(changed.cameras), changed.passwordHash ?? null, id],
    );
    return changed;
  }

  /** Sign-ins, links and saved views go with it. */
  remove(id: string): User {
    const user = this.#require(id);
    this.#refuseLastAdmin(user);
    this.#database.run('DELETE FROM users WHERE id = ?', id);
    return user;
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
      'This is the last administrator of all cameras. Make somebody else one first.',
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
