-- Projects as lines of immutable revisions (docs/architecture.md, "Revisions").

CREATE TABLE instance (
  only       INTEGER PRIMARY KEY CHECK (only = 1),
  uuid       TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE projects (
  id   INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  head INTEGER NOT NULL      -- the newest revision that readers see; 0: none yet, or being removed
) STRICT;

CREATE TABLE revisions (
  project         INTEGER NOT NULL REFERENCES projects (id),
  number          INTEGER NOT NULL,
  cause           TEXT NOT NULL CHECK (cause IN ('create', 'edit', 'import', 'merge', 'revert')),
  message         TEXT,
  author          TEXT,
  at              TEXT NOT NULL,
  name            TEXT NOT NULL,
  description     TEXT,
  metadata        TEXT,      -- canonical JSON
  created_at      TEXT NOT NULL,
  updated_at      TEXT NOT NULL,
  themes          INTEGER NOT NULL,
  tokens          INTEGER NOT NULL,
  components      INTEGER NOT NULL,
  added           INTEGER NOT NULL,
  changed         INTEGER NOT NULL,
  removed         INTEGER NOT NULL,
  lamport         INTEGER NOT NULL,
  sync            TEXT NOT NULL,  -- JSON: instance → highest revision taken in
  origin          TEXT CHECK (origin IN ('archive', 'foreign')),
  origin_project  TEXT,
  origin_instance TEXT,
  origin_revision INTEGER,
  PRIMARY KEY (project, number)
) STRICT, WITHOUT ROWID;

-- One tree and no second index: a project's rows lie together in the order of an archive's lines, so an import
-- writes them one behind the other (docs/decisions/0003).
CREATE TABLE records (
  project      INTEGER NOT NULL REFERENCES projects (id),
  kind         INTEGER NOT NULL,  -- 1 theme, 2 token, 3 component
  uuid         TEXT NOT NULL,
  valid_from   INTEGER NOT NULL,  -- the first revision that holds this row
  valid_to     INTEGER,           -- the first revision that does not; NULL: none
  theme        TEXT,
  name         TEXT NOT NULL,     -- a token's path
  theme_group  TEXT,
  theme_order  INTEGER NOT NULL,
  type         TEXT,
  version      INTEGER NOT NULL,
  hash         TEXT NOT NULL,     -- SHA-256 of the canonical content, in hex
  reference_list TEXT,            -- JSON: what the record points at
  line         TEXT NOT NULL,     -- the whole record, canonical
  PRIMARY KEY (project, kind, uuid, valid_from)
) STRICT, WITHOUT ROWID;

-- Who may write a project now. Rows of a dead process are removed at start.
CREATE TABLE leases (
  project_uuid TEXT PRIMARY KEY,
  holder       TEXT NOT NULL
) STRICT, WITHOUT ROWID;
