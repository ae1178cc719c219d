-- unique_key: of several callers who add a buildset with the same key, one adds it and the others get that one.
ALTER TABLE buildsets ADD COLUMN unique_key TEXT;

CREATE UNIQUE INDEX buildsets_by_unique_key ON buildsets (unique_key) WHERE unique_key IS NOT NULL;
