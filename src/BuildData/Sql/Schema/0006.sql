-- The copy that has filled this store, or is filling it. The table is empty if no copy has begun. source: a checksum by which the copy
-- recognizes its source. complete: 0 while rows may be missing. Then no master opens the store.
CREATE TABLE store_copy (
    source {text} NOT NULL,
    complete {integer} NOT NULL
);

-- The progress of that copy: how many rows of a table are copied, and whether these are all.
CREATE TABLE copied_tables (
    name {text} NOT NULL PRIMARY KEY,
    row_count {integer} NOT NULL,
    complete {integer} NOT NULL
);
