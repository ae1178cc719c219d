CREATE INDEX buildrequests_by_complete_at ON buildrequests (complete_at NULLS FIRST);

-- The builds of a builder that have not succeeded, running builds included, in the order of their ids.
CREATE INDEX builds_not_successful_by_id ON builds (builder_id, id) WHERE results IS NULL OR results > 0;

-- The builds of a master in the order of their ids. In SQLite, every index contains the id.
DROP INDEX builds_by_master;
CREATE INDEX builds_by_master ON builds (master_id, id);
