import { GatewayError } from '../platform/errors.ts';
import type { Database } from './database.ts';

/** Each migration is applied once, in order, and is never changed afterwards. `PRAGMA user_version` counts them. Times are epoch milliseconds. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE users (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    role TEXT NOT NULL,
    cameras TEXT,            -- JSON array of ids; NULL: all
    password_hash TEXT,      -- NULL: only a one-time link signs in
    created_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    address TEXT,
    agent TEXT
  ) STRICT;
  CREATE INDEX sessions_by_user ON sessions(user_id);

  CREATE TABLE sign_in_links (
    token_hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE shares (
    id TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    camera TEXT NOT NULL,
    label TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    expires_at INTEGER,
    daily_window TEXT,       -- JSON
    max_viewers INTEGER,
    audio INTEGER NOT NULL,
    quality TEXT NOT NULL,
    last_used_at INTEGER,
    revoked_at INTEGER
  ) STRICT;

  CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    cameras TEXT,            -- JSON array of ids; NULL: all
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_used_at INTEGER,
    expires_at INTEGER
  ) STRICT;

  CREATE TABLE cameras (
    id TEXT PRIMARY KEY,
    settings TEXT NOT NULL,  -- JSON without the password
    password TEXT,           -- sealed
    created_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE camera_memory (
    camera TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (camera, key)
  ) STRICT;

  CREATE TABLE saved_views (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    view TEXT NOT NULL       -- JSON
  ) STRICT;
  CREATE INDEX saved_views_by_user ON saved_views(user_id);

  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    address TEXT,
    event TEXT NOT NULL,
    subject TEXT,
    detail TEXT
  ) STRICT;
  `,
  `
  -- Who made it, and what it ends with: an account or a token.
  ALTER TABLE shares ADD COLUMN maker_kind TEXT;
  ALTER TABLE shares ADD COLUMN maker_id TEXT;
  ALTER TABLE tokens ADD COLUMN maker_kind TEXT;
  ALTER TABLE tokens ADD COLUMN maker_id TEXT;
  UPDATE shares SET maker_kind = 'account', maker_id = (SELECT id FROM users WHERE name = created_by)
    WHERE EXISTS (SELECT 1 FROM users WHERE name = created_by);
  UPDATE tokens SET maker_kind = 'account', maker_id = (SELECT id FROM users WHERE name = created_by)
    WHERE EXISTS (SELECT 1 FROM users WHERE name = created_by);

  CREATE TABLE camera_identities (
    camera TEXT PRIMARY KEY,
    place TEXT NOT NULL      -- a hash
  ) STRICT;
  `,
  `
  ALTER TABLE shares ADD COLUMN opened INTEGER NOT NULL DEFAULT 0;
  `,
];

/** Brings an empty or older database to this version. A database of this version is not changed. */
export function migrate(database: Database): void {
  const version = Number(database.get('PRAGMA user_version')?.user_version ?? 0);
  if (version > MIGRATIONS.length) {
    throw new GatewayError(
      'config-invalid',
      'This data folder was written by a newer Oriel. Start that version, or another folder.',
    );
  }
  MIGRATIONS.slice(version).forEach((sql, index) => {
    database.transaction(() => {
      database.execute(sql);
      database.execute(`PRAGMA user_version = ${version + index + 1}`);
    });
  });
}
