import type { GatewayError } from '../platform/errors.ts';
import type { SecretBox } from '../platform/secrets.ts';
import { Audit } from './audit.ts';
import { CameraIdentities } from './camera-identities.ts';
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

export type Store = ReturnType<typeof storeOn>;

/** Everything that outlives a restart, in one SQLite file. */
export function createStore({ file, secrets, driver }: StoreOptions): Store {
  return storeOn(openDatabase(file, driver), secrets);
}

/** The database file, migrated to this version. */
export function openDatabase(file: string, driver?: DriverName): Database {
  const database = new Database(file, driver);
  try {
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Whether anything in the store can be read only with the key file that belongs to it. */
export function holdsSealed(database: Database): boolean {
  return database.get('SELECT 1 FROM cameras WHERE password IS NOT NULL LIMIT 1') !== undefined;
}

export function storeOn(database: Database, secrets: SecretBox) {
  return {
    users: new Users(database),
    sessions: new Sessions(database),
    signInLinks: new SignInLinks(database),
    shares: new ShareLinks(database),
    tokens: new ApiTokens(database),
    cameras: new StoredCameras(database, secrets),
    identities: new CameraIdentities(database),
    memories: new CameraMemories(database),
    views: new SavedViews(database),
    audit: new Audit(database),
    /** Another process has written to the file since the last call. */
    changedOutside: () => database.changedOutside(),
    /** From now on no write waits for another process. */
    makeHaste: () => database.makeHaste(),
    /** Whether no other process is writing at this moment. */
    canWrite: () => database.canWrite(),
    /** What is wrong with the file or its disk. */
    problem: () => database.problem,
    /** Checks whether the file is still there and whether a problem is over. */
    look: () => database.look(),
    /** From now on every change is refused with this error. Everything can still be read. */
    refuseChanges: (reason: GatewayError) => database.refuseChanges(reason),
    close: () => database.close(),
  };
}
