-- What merges must remember besides the records themselves (docs/merging.md).

-- Imported records, as they came, where a merge made something else of them. They tell later merges what was offered
-- and decided: a state of others that a revision took in is the revision's records with these laid over them.
CREATE TABLE offers (
  project  INTEGER NOT NULL REFERENCES projects (id),
  kind     INTEGER NOT NULL,
  uuid     TEXT NOT NULL,
  revision INTEGER NOT NULL,  -- the revision that the merge made
  hash     TEXT,              -- NULL: it was offered as removed
  line     TEXT,
  PRIMARY KEY (project, kind, uuid, revision)
) STRICT, WITHOUT ROWID;

-- The newest of our revisions that another instance said it has taken in; history is not pruned of it.
CREATE TABLE seen_by (
  project  INTEGER NOT NULL REFERENCES projects (id),
  instance TEXT NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (project, instance)
) STRICT, WITHOUT ROWID;
