-- Keys of this instance. They stay in the store: with them, what one process signed is known to every other, also
-- after a restart. `cursors`: HMAC-SHA-256 of the cursors of lists. SQLite seeds randomblob() from the system.
CREATE TABLE keys (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO keys (name, value) VALUES ('cursors', randomblob(32));
