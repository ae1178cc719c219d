-- worker_info: a JSON object. version: the worker's version, which is copied from worker_info so that queries can filter by it.
-- title: the text from which the name was made.
ALTER TABLE workers ADD COLUMN paused {integer} NOT NULL DEFAULT 0;
ALTER TABLE workers ADD COLUMN pause_reason {text};
ALTER TABLE workers ADD COLUMN graceful {integer} NOT NULL DEFAULT 0;
ALTER TABLE workers ADD COLUMN worker_info {text} NOT NULL DEFAULT '{}';
ALTER TABLE workers ADD COLUMN version {text};
ALTER TABLE workers ADD COLUMN last_seen {integer};
ALTER TABLE workers ADD COLUMN title {text};

ALTER TABLE steps ADD COLUMN title {text};

-- The masters to which a worker is connected.
CREATE TABLE worker_connections (
    worker_id {integer} NOT NULL REFERENCES workers (id),
    master_id {integer} NOT NULL REFERENCES masters (id),
    PRIMARY KEY (worker_id, master_id)
);

CREATE INDEX worker_connections_by_master ON worker_connections (master_id);

-- The masters that are configured to run a builder.
CREATE TABLE builder_masters (
    builder_id {integer} NOT NULL REFERENCES builders (id),
    master_id {integer} NOT NULL REFERENCES masters (id),
    PRIMARY KEY (builder_id, master_id)
);

CREATE INDEX builder_masters_by_master ON builder_masters (master_id);

-- The builders that a worker is configured to build for, on a master.
CREATE TABLE configured_workers (
    worker_id {integer} NOT NULL REFERENCES workers (id),
    builder_id {integer} NOT NULL REFERENCES builders (id),
    master_id {integer} NOT NULL REFERENCES masters (id),
    PRIMARY KEY (worker_id, builder_id, master_id)
);

CREATE INDEX configured_workers_by_builder ON configured_workers (builder_id, master_id);
CREATE INDEX configured_workers_by_master ON configured_workers (master_id);

-- The builds of a master, for /masters/{masterid}/builds.
CREATE INDEX builds_by_master ON builds (master_id);

-- The cancellation that was requested for a claimed build request, and for its builds.
ALTER TABLE buildrequests ADD COLUMN cancel_requested_at {integer};
ALTER TABLE buildrequests ADD COLUMN cancel_reason {text};
ALTER TABLE builds ADD COLUMN cancel_requested_at {integer};
ALTER TABLE builds ADD COLUMN cancel_reason {text};

-- Contains the waiting requests of a builder, the next one to build first.
CREATE INDEX buildrequests_waiting ON buildrequests (builder_id, priority DESC, submitted_at, id) WHERE claimed_by IS NULL AND complete = 0;

-- For the removal of old history: finds whether any buildset still refers to a source stamp.
CREATE INDEX buildset_sourcestamps_by_sourcestamp ON buildset_sourcestamps (sourcestamp_id, buildset_id);

-- For the removal of a patch, whose foreign key would otherwise be searched in all source stamps.
CREATE INDEX sourcestamps_by_patch ON sourcestamps (patch_id) WHERE patch_id IS NOT NULL;

-- The master that removes old history, and the time at which it last removed a part. Another master takes over if that time is old.
CREATE TABLE history_removal (
    master_id {integer},
    at {integer} NOT NULL
);

INSERT INTO history_removal (master_id, at) VALUES (NULL, 0);

-- The highest id that a removed builder had. New builders get higher ids, because ids are never used again.
CREATE TABLE removed_builders (
    highest_id {integer} NOT NULL
);

INSERT INTO removed_builders (highest_id) VALUES (0);
