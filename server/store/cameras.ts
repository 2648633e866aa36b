import { CAMERA_SETTINGS, type CameraSettings } from '../../shared/camera-settings.ts';
import type { CameraId } from '../../shared/ids.ts';
import { secretNames } from '../../shared/setting-values.ts';
import type { SecretBox } from '../platform/secrets.ts';
import { takeBackCamera } from './camera-identities.ts';
import type { Database, Row } from './database.ts';

export type { CameraSettings } from '../../shared/camera-settings.ts';

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
    const { settings, sealed } = this.#columns(camera);
    this.#database.run(
      'INSERT INTO cameras (id, settings, password, created_at) VALUES (:id, :settings, :sealed, :createdAt)',
      { id: camera.id, settings, sealed, createdAt: nowMs },
    );
  }

  update(camera: CameraSettings): void {
    const { settings, sealed } = this.#columns(camera);
    this.#database.run('UPDATE cameras SET settings = :settings, password = :sealed WHERE id = :id', {
      id: camera.id,
      settings,
      sealed,
    });
  }

  /** Also removes everything that was given for the camera, so that nothing of it opens a later camera with the same id. */
  remove(id: CameraId, nowMs: number): void {
    this.#database.transaction(() => {
      takeBackCamera(this.#database, id, nowMs);
      this.#database.run('DELETE FROM cameras WHERE id = ?', id);
    });
  }

  /** The column that is called `password` holds all secrets. */
  #columns({ id, ...settings }: CameraSettings): { settings: string; sealed: string | null } {
    const entries = Object.entries(settings);
    const secrets = entries.filter(([name]) => SEALED.has(name));
    const plain = Object.fromEntries(entries.filter(([name]) => !SEALED.has(name)));
    const text = JSON.stringify(Object.fromEntries(secrets));
    return {
      settings: JSON.stringify(plain),
      sealed: secrets.length === 0 ? null : this.#secrets.seal(text, place(id, 'secrets')),
    };
  }

  #read(row: Row): CameraSettings {
    const id = row.id as CameraId;
    const secrets = row.password === null ? {} : this.#openSecrets(id, String(row.password));
    return { id, ...JSON.parse(String(row.settings)), ...secrets } as CameraSettings;
  }

  /** When the key file was lost, the camera has no password and the page asks for it. The gateway still starts. */
  #openSecrets(id: CameraId, sealed: string): Partial<CameraSettings> {
    const text = this.#open(sealed, place(id, 'secrets'));
    if (text !== undefined) return JSON.parse(text) as Partial<CameraSettings>;
    // Rows of the first versions contain only the password.
    const password = this.#open(sealed, place(id, 'password'));
    return password === undefined ? {} : { password };
  }

  #open(sealed: string, where: string): string | undefined {
    try {
      return this.#secrets.open(sealed, where);
    } catch {
      return undefined;
    }
  }
}

/** `accounts` are those that were in the other addresses. */
const SEALED: ReadonlySet<string> = new Set([...secretNames(CAMERA_SETTINGS), 'accounts']);

function place(id: CameraId, what: 'secrets' | 'password'): string {
  return `camera:${id}:${what}`;
}
