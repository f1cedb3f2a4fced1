-- Whether the holder of a lease has written beyond head: only then there is anything to sweep when it ends.
ALTER TABLE leases ADD COLUMN writing INTEGER NOT NULL DEFAULT 0;

-- Whether a revision stands with references that lead nowhere or to another type: 1 yes, 0 no; NULL: it was written
-- before this was kept, and is looked through when somebody asks.
ALTER TABLE revisions ADD COLUMN faulty_references INTEGER;

-- Imported changes that a merge declined.
ALTER TABLE offers RENAME TO declined_changes;
