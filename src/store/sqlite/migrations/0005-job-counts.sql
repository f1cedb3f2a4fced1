-- A data folder belongs to one process (dss.lock), so a run of a job lasts as long as its process: no lease. What ends
-- a run before its time is counted by its cause.
ALTER TABLE jobs RENAME COLUMN takes TO task_input;
ALTER TABLE jobs DROP COLUMN lease_until;
ALTER TABLE jobs ADD COLUMN crashes INTEGER NOT NULL DEFAULT 0;      -- runs that ended with their process
ALTER TABLE jobs ADD COLUMN busy_retries INTEGER NOT NULL DEFAULT 0; -- claims that found the project being written
ALTER TABLE jobs ADD COLUMN stalls INTEGER NOT NULL DEFAULT 0;       -- runs that the watchdog ended

-- When a project last had its turn.
CREATE INDEX jobs_by_project ON jobs (project_uuid, started_at);
-- What has been kept long enough.
CREATE INDEX jobs_by_end ON jobs (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX jobs_with_result ON jobs (finished_at) WHERE result IS NOT NULL;
CREATE INDEX idempotency_by_age ON idempotency (created_at);

-- Scheme, host and port of the url: receivers take turns by it.
ALTER TABLE deliveries ADD COLUMN origin TEXT NOT NULL DEFAULT '';
UPDATE deliveries SET origin = iif(
  instr(substr(url, 9), '/') = 0, url, substr(url, 1, 7 + instr(substr(url, 9), '/')));
CREATE INDEX deliveries_by_job ON deliveries (job);
CREATE INDEX deliveries_by_origin ON deliveries (origin, not_before, number);

DROP TRIGGER job_ended;
CREATE TRIGGER job_ended AFTER UPDATE OF status ON jobs
WHEN OLD.status IN ('queued', 'running') AND NEW.status IN ('succeeded', 'failed')
BEGIN
  INSERT INTO deliveries (job, url, origin)
  SELECT NEW.number, value, iif(
    instr(substr(value, 9), '/') = 0, value, substr(value, 1, 7 + instr(substr(value, 9), '/')))
  FROM json_each(NEW.webhooks);
END;
