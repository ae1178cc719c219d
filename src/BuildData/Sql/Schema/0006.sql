-- A copy of the request's buildset, which never changes, so that one index finds the builds of a buildset.
ALTER TABLE builds ADD COLUMN buildset_id {integer} NOT NULL DEFAULT 0;
UPDATE builds SET buildset_id = (SELECT request.buildset_id FROM buildrequests AS request WHERE request.id = builds.buildrequest_id);
CREATE INDEX builds_by_buildset ON builds (buildset_id);

-- The terms by which queries find builds, such as 'branch/main'. The primary key puts the builds of a term in the order of their ids.
-- There is no foreign key, because the removal of a build would then search the whole table for the build.
CREATE TABLE build_terms (
    term {text} NOT NULL,
    build_id {integer} NOT NULL,
    PRIMARY KEY (term, build_id)
){key_ordered};

INSERT INTO build_terms (term, build_id)
SELECT 'branch/' || substr(stamp.branch, 1, 64), build.id
FROM builds AS build JOIN buildset_sourcestamps AS link ON link.buildset_id = build.buildset_id JOIN sourcestamps AS stamp ON stamp.id = link.sourcestamp_id
WHERE stamp.branch IS NOT NULL
UNION
SELECT 'builder/' || CAST(build.builder_id AS TEXT) || '/branch/' || substr(stamp.branch, 1, 64), build.id
FROM builds AS build JOIN buildset_sourcestamps AS link ON link.buildset_id = build.buildset_id JOIN sourcestamps AS stamp ON stamp.id = link.sourcestamp_id
WHERE stamp.branch IS NOT NULL
UNION
SELECT 'sourcestamp/' || CAST(link.sourcestamp_id AS TEXT), build.id
FROM builds AS build JOIN buildset_sourcestamps AS link ON link.buildset_id = build.buildset_id;

-- Find source stamps by branch or revision. A long text does not fit into an index entry of every database, so the indexes contain the
-- beginnings of texts.
CREATE INDEX sourcestamps_by_branch ON sourcestamps (substr(branch, 1, 64), id);
CREATE INDEX sourcestamps_by_revision ON sourcestamps (substr(revision, 1, 64), substr(branch, 1, 64));

-- Find builds and buildsets by the value of a property.
CREATE INDEX build_properties_by_value ON build_properties (substr(name, 1, 64), substr(value, 1, 64), build_id);
CREATE INDEX buildset_properties_by_value ON buildset_properties (substr(name, 1, 64), substr(value, 1, 64), buildset_id);

-- The builds of a builder that have not succeeded.
CREATE INDEX builds_not_successful ON builds (builder_id, number) WHERE results IS NULL OR results > 0;

-- Builds and steps with a result other than success. There are few of them, and each result is rare.
CREATE INDEX builds_by_result ON builds (results, id) WHERE results > 0;
CREATE INDEX steps_by_result ON steps (results, id) WHERE results > 0;

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
