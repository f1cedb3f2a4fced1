-- Lists of jobs are filtered over this index alone: the rows themselves hold large documents.
CREATE INDEX jobs_listed ON jobs (number, status, kind, project_uuid);

-- The project of a job that succeeded is that of its revision; imports did not always know it beforehand.
UPDATE jobs SET project_uuid = outcome ->> '$.revision.projectUuid'
WHERE json_type(outcome, '$.revision.projectUuid') = 'text';

-- How many bytes the conflicts of a refusal may take was not said.
UPDATE jobs SET task_input = json_set(task_input, '$.settings.page.maxBytes', 32000)
WHERE kind = 'merge' AND json_type(task_input, '$.settings.page') = 'object';
UPDATE jobs SET task_input = json_set(task_input, '$.merge.page.maxBytes', 32000)
WHERE kind = 'import' AND json_type(task_input, '$.merge.page') = 'object';
