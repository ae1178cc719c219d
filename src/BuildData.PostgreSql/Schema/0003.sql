-- unique_key: if several callers add a buildset with the same key, one of them adds it, and the others get the existing one.
ALTER TABLE buildsets
    ADD COLUMN unique_key TEXT COLLATE "C",
    ADD EXCLUDE USING hash (unique_key WITH =);

-- Find the newest rows of a builder or worker. With the id as second column, the server reads only the end of an index range.
DROP INDEX steps_by_builder, builds_by_builder, builds_by_worker, buildrequests_by_builder;
CREATE INDEX steps_by_builder ON steps (builder_id, id);
CREATE INDEX builds_by_builder ON builds (builder_id, id);
CREATE INDEX builds_by_worker ON builds (worker_id, id) WHERE worker_id IS NOT NULL;
CREATE INDEX buildrequests_by_builder ON buildrequests (builder_id, id);

-- Most steps succeed, and successful steps are in neither of these indexes. The first lists the other steps of a builder in the
-- order of their ids, whatever their results are. The second contains the pending and running steps.
DROP INDEX steps_not_successful;
CREATE INDEX steps_not_successful ON steps (builder_id, id, results) WHERE results IS NULL OR results > 0;
CREATE INDEX steps_incomplete ON steps (id) WHERE complete = 0;

-- Indexes for queries that are ordered by a time, of all rows and of one builder. Without the indexes of one builder, the server
-- would search all builds in the order of time for the few of that builder. Nulls come first, as in the order of queries. Steps have
-- no such index: StartStep changes no indexed column now, but with an index on started_at it would add an entry to every index of
-- the table.
CREATE INDEX builds_by_started_at ON builds (started_at);
CREATE INDEX builds_by_builder_and_started_at ON builds (builder_id, started_at);
CREATE INDEX builds_by_complete_at ON builds (complete_at NULLS FIRST);
CREATE INDEX builds_by_builder_and_complete_at ON builds (builder_id, complete_at NULLS FIRST);
CREATE INDEX buildrequests_by_submitted_at ON buildrequests (submitted_at);
CREATE INDEX buildrequests_by_builder_and_submitted_at ON buildrequests (builder_id, submitted_at);
CREATE INDEX buildsets_by_complete_at ON buildsets (complete_at NULLS FIRST);
