-- Jobs that an older DSS wrote, in the shapes that are read now; documents that have them already stay as they are.

-- The properties of a revision were called facts, and nothing was known of its faulty references.
UPDATE jobs SET outcome = json_set(
  json_remove(outcome, '$.revision.facts'),
  '$.revision.properties', json_extract(outcome, '$.revision.facts'))
WHERE json_type(outcome, '$.revision.facts') = 'object';
UPDATE jobs SET outcome = json_insert(outcome, '$.revision.faultyReferences', NULL)
WHERE json_type(outcome, '$.revision') = 'object';

-- What an import changed was not told: it is what its revision changed, and nothing where it made none.
UPDATE jobs SET outcome = json_insert(outcome, '$.changes', json_object(
  'added', (outcome ->> '$.changed') * (outcome ->> '$.revision.added'),
  'changed', (outcome ->> '$.changed') * (outcome ->> '$.revision.changed'),
  'removed', (outcome ->> '$.changed') * (outcome ->> '$.revision.removed'),
  'unchanged', (outcome ->> '$.revision.counts.themes') + (outcome ->> '$.revision.counts.tokens')
    + (outcome ->> '$.revision.counts.components')
    - (outcome ->> '$.changed') * ((outcome ->> '$.revision.added') + (outcome ->> '$.revision.changed'))))
WHERE kind = 'import' AND json_type(outcome, '$.revision') = 'object';

-- Resolutions are kept as their JSON text, null where there are none. What json_extract returns is JSON to json_set;
-- `|| ''` makes it text.
UPDATE jobs SET task_input = json_set(task_input, '$.settings.resolutions',
  nullif(json_extract(task_input, '$.settings.resolutions') || '', '{}'))
WHERE kind = 'merge' AND json_type(task_input, '$.settings.resolutions') = 'object';
UPDATE jobs SET task_input = json_set(task_input, '$.merge.resolutions',
  nullif(json_extract(task_input, '$.merge.resolutions') || '', '{}'))
WHERE kind = 'import' AND json_type(task_input, '$.merge.resolutions') = 'object';
