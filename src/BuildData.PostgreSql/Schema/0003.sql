-- unique_key: of several callers who add a buildset with the same key, one adds it and the others get that one.
ALTER TABLE buildsets
    ADD COLUMN unique_key TEXT COLLATE "C",
    ADD EXCLUDE USING hash (unique_key WITH =);
