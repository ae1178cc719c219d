-- unique_key: of several callers who add a buildset with the same key, one adds it and the others get that one.
ALTER TABLE buildsets
    ADD COLUMN unique_key TEXT COLLATE "C",
    ADD EXCLUDE USING hash (unique_key WITH =);

-- The newest of a builder or of a worker: with the id, an index is read from its end, however few builds the builder has.
DROP INDEX steps_by_builder, builds_by_builder, builds_by_worker, buildrequests_by_builder;
CREATE INDEX steps_by_builder ON steps (builder_id, id);
CREATE INDEX builds_by_builder ON builds (builder_id, id);
CREATE INDEX builds_by_worker ON builds (worker_id, id) WHERE worker_id IS NOT NULL;
CREATE INDEX buildrequests_by_builder ON buildrequests (builder_id, id);

-- Most steps succeed and are in neither of these. The first has the newest in order, whatever their results are; the second
-- has those that are pending or running.
DROP INDEX steps_not_successful;
CREATE INDEX steps_not_successful ON steps (builder_id, id, results) WHERE results IS NULL OR results > 0;
CREATE INDEX steps_incomplete ON steps (id) WHERE complete = 0;

-- In the order of times, of all and of one builder. Without those of one builder, the server would search all builds in order of
-- time for the few of a builder. Nulls come first, as in a query's order. Steps have no such index: with one of started_at, the
-- update of StartStep, which changes no indexed column now, would add an entry to every index of the table.
CREATE INDEX builds_by_started_at ON builds (started_at);
CREATE INDEX builds_by_builder_and_started_at ON builds (builder_id, started_at);
CREATE INDEX builds_by_complete_at ON builds (complete_at NULLS FIRST);
CREATE INDEX builds_by_builder_and_complete_at ON builds (builder_id, complete_at NULLS FIRST);
CREATE INDEX buildrequests_by_submitted_at ON buildrequests (submitted_at);
CREATE INDEX buildrequests_by_builder_and_submitted_at ON buildrequests (builder_id, submitted_at);
CREATE INDEX buildsets_by_complete_at ON buildsets (complete_at NULLS FIRST);
