import type { CameraMemory } from '../hub/source.ts';
import type { Database } from './database.ts';

/** What adapters have learned about their cameras. It survives restarts and is deleted with the camera. */
export class CameraMemories {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  of(camera: string): CameraMemory {
    return {
      get: (key) => {
        const row = this.#database.get('SELECT value FROM camera_memory WHERE camera = ? AND key = ?', camera, key);
        return row && String(row.value);
      },
      set: (key, value) => {
        this.#database.runSoon(
          `INSERT INTO camera_memory (camera, key, value) VALUES (:camera, :key, :value)
           ON CONFLICT DO UPDATE SET value = excluded.value`,
          { camera, key, value },
        );
      },
    };
  }

  forget(camera: string): void {
    this.#database.runSoon('DELETE FROM camera_memory WHERE camera = ?', camera);
  }
}
