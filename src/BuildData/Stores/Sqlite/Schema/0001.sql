-- All columns are integers or text. Times are microseconds since 1970, flags are 0 or 1, JSON is text.

CREATE TABLE masters (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    active INTEGER NOT NULL,
    last_active INTEGER NOT NULL
);

CREATE TABLE builders (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT,
    description_format TEXT,
    description_html TEXT,
    project_id INTEGER
);

CREATE TABLE builder_tags (
    builder_id INTEGER NOT NULL REFERENCES builders (id),
    position INTEGER NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (builder_id, position)
) WITHOUT ROWID;

CREATE INDEX builder_tags_by_tag ON builder_tags (tag, builder_id);

CREATE TABLE workers (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE patches (
    id INTEGER PRIMARY KEY,
    level INTEGER NOT NULL,
    subdir TEXT,
    author TEXT NOT NULL,
    comment TEXT NOT NULL,
    body TEXT NOT NULL
);

-- key_hash is a hash of the columns from branch to codebase, so that equal source stamps, nulls included, are stored once. It is null if
-- there is a patch: such a source stamp is always a new row.
CREATE TABLE sourcestamps (
    id INTEGER PRIMARY KEY,
    branch TEXT,
    revision TEXT,
    repository TEXT NOT NULL,
    project TEXT NOT NULL,
    codebase TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    patch_id INTEGER REFERENCES patches (id),
    key_hash TEXT UNIQUE
);

CREATE TABLE buildsets (
    id INTEGER PRIMARY KEY,
    scheduler TEXT,
    external_idstring TEXT,
    reason TEXT NOT NULL,
    submitted_at INTEGER NOT NULL,
    complete INTEGER NOT NULL,
    complete_at INTEGER,
    results INTEGER,
    parent_build_id INTEGER REFERENCES builds (id),
    parent_relationship TEXT,
    rebuilt_build_id INTEGER REFERENCES builds (id)
);

CREATE INDEX buildsets_by_submitted_at ON buildsets (submitted_at);
CREATE INDEX buildsets_incomplete ON buildsets (id) WHERE complete = 0;
CREATE INDEX buildsets_by_external_idstring ON buildsets (external_idstring) WHERE external_idstring IS NOT NULL;
CREATE INDEX buildsets_by_parent_build ON buildsets (parent_build_id) WHERE parent_build_id IS NOT NULL;
CREATE INDEX buildsets_by_rebuilt_build ON buildsets (rebuilt_build_id) WHERE rebuilt_build_id IS NOT NULL;

CREATE TABLE buildset_sourcestamps (
    buildset_id INTEGER NOT NULL REFERENCES buildsets (id),
    sourcestamp_id INTEGER NOT NULL REFERENCES sourcestamps (id),
    PRIMARY KEY (buildset_id, sourcestamp_id)
) WITHOUT ROWID;

CREATE TABLE buildset_properties (
    buildset_id INTEGER NOT NULL REFERENCES buildsets (id),
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (buildset_id, name)
) WITHOUT ROWID;

-- collapse_key: a new request replaces the waiting requests of its builder with the same key. Null: the request replaces none and is never
-- replaced.
CREATE TABLE buildrequests (
    id INTEGER PRIMARY KEY,
    buildset_id INTEGER NOT NULL REFERENCES buildsets (id),
    builder_id INTEGER NOT NULL REFERENCES builders (id),
    priority INTEGER NOT NULL,
    claimed_at INTEGER,
    claimed_by INTEGER REFERENCES masters (id),
    complete INTEGER NOT NULL,
    complete_at INTEGER,
    results INTEGER,
    submitted_at INTEGER NOT NULL,
    waited_for INTEGER NOT NULL,
    collapse_key TEXT
);

CREATE INDEX buildrequests_by_buildset ON buildrequests (buildset_id);
CREATE INDEX buildrequests_by_builder ON buildrequests (builder_id);
CREATE INDEX buildrequests_claimable ON buildrequests (builder_id) WHERE claimed_by IS NULL AND complete = 0;
CREATE INDEX buildrequests_collapsible ON buildrequests (builder_id, collapse_key) WHERE claimed_by IS NULL AND complete = 0;
CREATE INDEX buildrequests_incomplete ON buildrequests (id) WHERE complete = 0;

CREATE TABLE builds (
    id INTEGER PRIMARY KEY,
    number INTEGER NOT NULL,
    builder_id INTEGER NOT NULL REFERENCES builders (id),
    buildrequest_id INTEGER NOT NULL REFERENCES buildrequests (id),
    worker_id INTEGER REFERENCES workers (id),
    master_id INTEGER NOT NULL REFERENCES masters (id),
    started_at INTEGER NOT NULL,
    complete INTEGER NOT NULL,
    complete_at INTEGER,
    locks_duration_s INTEGER NOT NULL,
    state_string TEXT NOT NULL,
    results INTEGER,
    UNIQUE (builder_id, number)
);

CREATE INDEX builds_by_builder ON builds (builder_id);
CREATE INDEX builds_by_buildrequest ON builds (buildrequest_id);
CREATE INDEX builds_by_worker ON builds (worker_id) WHERE worker_id IS NOT NULL;
CREATE INDEX builds_incomplete ON builds (id) WHERE complete = 0;

CREATE TABLE build_properties (
    build_id INTEGER NOT NULL REFERENCES builds (id),
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (build_id, name)
) WITHOUT ROWID;

-- builder_id is copied from the build, so that one index finds the newest failed steps of a builder, which is a frequent query.
CREATE TABLE steps (
    id INTEGER PRIMARY KEY,
    build_id INTEGER NOT NULL REFERENCES builds (id),
    builder_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    started_at INTEGER,
    locks_acquired_at INTEGER,
    complete INTEGER NOT NULL,
    complete_at INTEGER,
    state_string TEXT NOT NULL,
    results INTEGER,
    urls TEXT,
    hidden INTEGER NOT NULL,
    UNIQUE (build_id, number),
    UNIQUE (build_id, name)
);

CREATE INDEX steps_by_builder ON steps (builder_id);

-- A partial index stays small, because most steps succeed.
CREATE INDEX steps_not_successful ON steps (builder_id, results, id) WHERE results > 0;
