CREATE INDEX buildrequests_by_complete_at ON buildrequests (complete_at NULLS FIRST);

-- The builds of a builder with a result, in the order of their numbers, ids and times. There are fewer than 8 results. The server finds the
-- place and the end of a range only in a single column.
CREATE INDEX builds_by_builder_and_result ON builds ((builder_id * 8 + results), number);
CREATE INDEX builds_by_builder_and_result_and_id ON builds ((builder_id * 8 + results), id);
CREATE INDEX builds_by_builder_and_result_and_started_at ON builds ((builder_id * 8 + results), started_at);
CREATE INDEX builds_by_builder_and_result_and_complete_at ON builds ((builder_id * 8 + results), complete_at NULLS FIRST);

-- The builds of a builder that have not succeeded, running builds included, in the order of their ids.
CREATE INDEX builds_not_successful_by_id ON builds (builder_id, id) WHERE results IS NULL OR results > 0;

-- The builds of a master in the order of their ids. In SQLite, every index contains the id.
DROP INDEX builds_by_master;
CREATE INDEX builds_by_master ON builds (master_id, id);
