import type { SecretBox } from '../platform/secrets.ts';
import { Audit } from './audit.ts';
import { CameraMemories } from './camera-memory.ts';
import { StoredCameras } from './cameras.ts';
import { Database, type DriverName } from './database.ts';
import { migrate } from './migrations.ts';
import { SavedViews } from './saved-views.ts';
import { Sessions } from './sessions.ts';
import { ShareLinks } from './share-links.ts';
import { SignInLinks } from './sign-in-links.ts';
import { ApiTokens } from './tokens.ts';
import { Users } from './users.ts';

export type StoreOptions = {
  /** A path, or `:memory:`. */
  readonly file: string;
  readonly secrets: SecretBox;
  readonly driver?: DriverName;
};

export type Store = ReturnType<typeof createStore>;

/** Everything that outlives a restart, in one SQLite file. */
export function createStore({ file, secrets, driver }: StoreOptions) {
  const database = new Database(file, driver);
  migrate(database);
  return {
    users: new Users(database),
    sessions: new Sessions(database),
    signInLinks: new SignInLinks(database),
    shares: new ShareLinks(database),
    tokens: new ApiTokens(database),
    cameras: new StoredCameras(database, secrets),
    memories: new CameraMemories(database),
    views: new SavedViews(database),
    audit: new Audit(database),
    /** Another process has written to the file since the last call. */
    changedOutside: () => database.changedOutside(),
    close: () => database.close(),
  };
}
