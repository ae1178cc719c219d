-- An exclusion constraint compares a row with others after the row is in the table. Two sessions that added the same name or key at the same
-- time found each other's rows, waited for each other, and the server had to end one of them as a deadlock. A unique index finds the row of
-- the other session before it adds its own. A hash is as unique as the text, and fits into the index, whatever the length of the text is.
ALTER TABLE masters DROP CONSTRAINT masters_name_excl;
CREATE INDEX masters_by_name ON masters USING hash (name);
CREATE UNIQUE INDEX masters_by_name_hash ON masters (sha256(replace(name, '\', '\\')::bytea));

ALTER TABLE builders DROP CONSTRAINT builders_name_excl;
CREATE INDEX builders_by_name ON builders USING hash (name);
CREATE UNIQUE INDEX builders_by_name_hash ON builders (sha256(replace(name, '\', '\\')::bytea));

ALTER TABLE buildsets DROP CONSTRAINT buildsets_unique_key_excl;
CREATE INDEX buildsets_by_unique_key ON buildsets USING hash (unique_key) WHERE unique_key IS NOT NULL;
CREATE UNIQUE INDEX buildsets_by_unique_key_hash ON buildsets (sha256(replace(unique_key, '\', '\\')::bytea)) WHERE unique_key IS NOT NULL;
