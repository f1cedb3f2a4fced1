-- The last revision of each project that was removed. One that comes again under its uuid goes on from there: tags,
-- cursors and idempotency keys that name a revision never name another content.
CREATE TABLE removed_projects (
  uuid TEXT PRIMARY KEY,
  head INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
