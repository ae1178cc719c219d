-- unique_key: if several callers add a buildset with the same key, the first one adds it, and the others get that buildset.
ALTER TABLE buildsets ADD COLUMN unique_key TEXT;

CREATE UNIQUE INDEX buildsets_by_unique_key ON buildsets (unique_key) WHERE unique_key IS NOT NULL;

-- Contains the pending and running steps.
CREATE INDEX steps_incomplete ON steps (id) WHERE complete = 0;

-- For queries ordered by time, over all builders and for one builder.
CREATE INDEX builds_by_started_at ON builds (started_at);
CREATE INDEX builds_by_builder_and_started_at ON builds (builder_id, started_at);
CREATE INDEX builds_by_complete_at ON builds (complete_at);
CREATE INDEX builds_by_builder_and_complete_at ON builds (builder_id, complete_at);
CREATE INDEX buildrequests_by_submitted_at ON buildrequests (submitted_at);
CREATE INDEX buildrequests_by_builder_and_submitted_at ON buildrequests (builder_id, submitted_at);
CREATE INDEX buildsets_by_complete_at ON buildsets (complete_at);
