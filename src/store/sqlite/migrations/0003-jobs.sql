-- Work that outlasts a request (docs/jobs.md).

CREATE TABLE jobs (
  number        INTEGER PRIMARY KEY,   -- in the order of arrival
  uuid          TEXT NOT NULL UNIQUE,
  kind          TEXT NOT NULL CHECK (kind IN ('import', 'merge', 'export')),
  status        TEXT NOT NULL CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  project_uuid  TEXT,                  -- whom it works on; NULL: not known yet
  takes         TEXT NOT NULL,         -- JSON: what the task takes
  caller        TEXT NOT NULL,         -- JSON: who asked
  items         INTEGER NOT NULL,      -- estimated
  seconds       REAL NOT NULL,         -- estimated
  attempts      INTEGER NOT NULL,      -- how often it was begun
  faults        INTEGER NOT NULL,      -- how often the machine failed it
  not_before    INTEGER NOT NULL,      -- milliseconds since 1970
  holder        TEXT,                  -- who runs it
  lease_until   INTEGER,               -- milliseconds since 1970
  stage         TEXT,
  done          INTEGER NOT NULL,
  total         INTEGER NOT NULL,
  outcome       TEXT,                  -- JSON: what the task gave
  error         TEXT,                  -- JSON: what it threw
  input         TEXT,                  -- names on the spool
  input_bytes   INTEGER NOT NULL,
  input_sha256  TEXT,
  result        TEXT,
  result_bytes  INTEGER NOT NULL,
  result_sha256 TEXT,
  webhooks      TEXT NOT NULL,         -- JSON: addresses that are told of the end
  created_at    TEXT NOT NULL,
  started_at    TEXT,
  finished_at   TEXT
) STRICT;

CREATE INDEX jobs_by_status ON jobs (status, project_uuid, number);

-- A message about the end of a job to one address, until it has arrived or been given up.
CREATE TABLE deliveries (
  number     INTEGER PRIMARY KEY,
  job        INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE,
  url        TEXT NOT NULL,
  attempts   INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER NOT NULL DEFAULT 0
) STRICT;

-- However a job ends, its messages are there from then on: no end without them, no second time.
CREATE TRIGGER job_ended AFTER UPDATE OF status ON jobs
WHEN OLD.status IN ('queued', 'running') AND NEW.status IN ('succeeded', 'failed')
BEGIN
  INSERT INTO deliveries (job, url) SELECT NEW.number, value FROM json_each(NEW.webhooks);
END;

-- Answers by Idempotency-Key (IETF draft-ietf-httpapi-idempotency-key-header).
CREATE TABLE idempotency (
  key         TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,   -- of the request: SHA-256, in hex
  answer      TEXT,            -- JSON; NULL: the first request still runs
  created_at  INTEGER NOT NULL -- milliseconds since 1970
) STRICT, WITHOUT ROWID;

-- How fast work of a kind goes on this machine.
CREATE TABLE speeds (
  kind               TEXT PRIMARY KEY,
  records_per_second REAL NOT NULL
) STRICT, WITHOUT ROWID;
