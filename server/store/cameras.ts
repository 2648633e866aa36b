import type { CameraId } from '../../shared/ids.ts';
import type { SecretBox } from '../platform/secrets.ts';
import type { Database, Row } from './database.ts';

/** One camera as it is set up, wherever that was. The password never leaves the server. */
export type CameraSettings = {
  readonly id: CameraId;
  readonly name: string;
  readonly group?: string;
  readonly enabled: boolean;
  /** This address and the two below are without credentials. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly substream?: string;
  readonly fallback?: string;
  readonly whenOffline: 'terminate' | 'hold' | 'last-frame';
  /** `agent/NAME`: dialled from there. */
  readonly via?: string;
  readonly transport: 'auto' | 'tcp' | 'udp' | 'multicast' | 'http';
  readonly embedOrigins?: readonly string[];
  /** No administrator set its addresses: they are checked at every dial (auth/guarded-dial.ts). */
  readonly restricted?: true;
};

/** Cameras that were added in the dashboard. */
export class StoredCameras {
  readonly #database: Database;
  readonly #secrets: SecretBox;

  constructor(database: Database, secrets: SecretBox) {
    this.#database = database;
    this.#secrets = secrets;
  }

  list(): CameraSettings[] {
    return this.#database.all('SELECT * FROM cameras ORDER BY created_at, rowid').map((row) => this.#read(row));
  }

  get(id: CameraId): CameraSettings | undefined {
    const row = this.#database.get('SELECT * FROM cameras WHERE id = ?', id);
    return row && this.#read(row);
  }

  add(camera: CameraSettings, nowMs: number): void {
    const { settings, password } = this.#columns(camera);
    this.#database.run('INSERT INTO cameras VALUES (?, ?, ?, ?)', camera.id, settings, password, nowMs);
  }

  update(camera: CameraSettings): void {
    const { settings, password } = this.#columns(camera);
    this.#database.run('UPDATE cameras SET settings = ?, password = ? WHERE id = ?', settings, password, camera.id);
  }

  remove(id: CameraId): void {
    this.#database.run('DELETE FROM cameras WHERE id = ?', id);
  }

  #columns({ id, password, ...settings }: CameraSettings): { settings: string; password: string | null } {
    const sealed = password === undefined ? null : this.#secrets.seal(password, place(id));
    return { settings: JSON.stringify(settings), password: sealed };
  }

  #read(row: Row): CameraSettings {
    const id = row.id as CameraId;
    const settings = JSON.parse(String(row.settings)) as Omit<CameraSettings, 'id' | 'password'>;
    const password = row.password === null ? undefined : this.#openPassword(id, String(row.password));
    return { id, ...settings, ...(password === undefined ? {} : { password }) };
  }

  /** After the key file was lost a camera is one without a password, and asks for it; the gateway still starts. */
  #openPassword(id: CameraId, sealed: string): string | undefined {
    try {
      return this.#secrets.open(sealed, place(id));
    } catch {
      return undefined;
    }
  }
}

function place(id: CameraId): string {
  return `camera:${id}:password`;
}
