CREATE INDEX buildrequests_by_complete_at ON buildrequests (complete_at);

-- The builds of a builder with a result, in the order of their numbers, ids and times.
CREATE INDEX builds_by_builder_and_result ON builds (builder_id, results, number);
CREATE INDEX builds_by_builder_and_result_and_id ON builds (builder_id, results, id);
CREATE INDEX builds_by_builder_and_result_and_started_at ON builds (builder_id, results, started_at);
CREATE INDEX builds_by_builder_and_result_and_complete_at ON builds (builder_id, results, complete_at);

-- The builds and the steps of a builder that have not succeeded, running ones included, in the order of their ids. With the id as a second
-- column, SQLite would prefer the index of all builds of the builder.
CREATE INDEX builds_not_successful_by_id ON builds (builder_id) WHERE results IS NULL OR results > 0;
CREATE INDEX steps_not_successful_by_id ON steps (builder_id) WHERE results IS NULL OR results > 0;
