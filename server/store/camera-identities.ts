import { createHash } from 'node:crypto';
import type { CameraSettings } from '../../shared/camera-settings.ts';
import { cameraRightsColumn, readCameraRights } from './camera-rights.ts';
import type { Database } from './database.ts';

/**
 * Which camera an id means. Rights are given for ids, and an id may later mean another camera. A camera is identified by the
 * place where it is found, which is stored as a hash because some cameras take passwords in their path.
 */
export class CameraIdentities {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Undefined for an id that is not known. */
  get(camera: string): string | undefined {
    const row = this.#database.get('SELECT place FROM camera_identities WHERE camera = ?', camera);
    return row && String(row.place);
  }

  /** Stores the place of a camera that is seen for the first time or was moved by somebody who is allowed to. */
  set(camera: string, place: string): void {
    this.#database.runSoon(SET, camera, place);
  }

  /** The id means another camera from now on, so everything that was given for the previous one is revoked. */
  replace(camera: string, place: string, nowMs: number): void {
    this.#database.transaction(() => {
      takeBackCamera(this.#database, camera, nowMs);
      this.#database.run(SET, camera, place);
    });
  }
}

const SET = 'INSERT INTO camera_identities VALUES (?, ?) ON CONFLICT DO UPDATE SET place = excluded.place';

/** Host, port, path and query of its main address, and the agent through which it is reached. */
export function placeOf({ url, via }: Pick<CameraSettings, 'url' | 'via'>): string {
  const [host = '', ...path] = url.replace(/^[a-z]+:\/\//i, '').split('/');
  const text = [via ?? '', host.toLowerCase(), ...path].join('/');
  return createHash('sha256').update(text).digest('base64url');
}

/** Ends links to the camera and removes it from limited accounts and tokens. Runs within the caller's transaction. */
export function takeBackCamera(database: Database, camera: string, nowMs: number): void {
  database.run('UPDATE shares SET revoked_at = ? WHERE camera = ? AND revoked_at IS NULL', nowMs, camera);
  for (const table of ['users', 'tokens'] as const) {
    for (const { id, cameras } of database.all(`SELECT id, cameras FROM ${table} WHERE cameras IS NOT NULL`)) {
      const rights = readCameraRights(cameras);
      if (rights === 'all' || !rights.includes(camera)) continue;
      const left = cameraRightsColumn(rights.filter((other) => other !== camera));
      database.run(`UPDATE ${table} SET cameras = ? WHERE id = ?`, left, id as string);
    }
  }
  database.run('DELETE FROM camera_identities WHERE camera = ?', camera);
  database.run('DELETE FROM camera_memory WHERE camera = ?', camera);
}
