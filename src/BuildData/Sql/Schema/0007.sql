-- The logs of steps. build_id, builder_id: copies of those of the step, which never change. num_lines, num_bytes: of the text of all lines,
-- also after the content was removed. num_replaced: how many invalid sequences of bytes were replaced. stored_bytes: the size of the content of
-- the log's chunks. merged_lines: how many lines, from the first on, are in merged chunks.
CREATE TABLE logs (
    id {id_used_once},
    step_id {integer} NOT NULL REFERENCES steps (id),
    build_id {integer} NOT NULL,
    builder_id {integer} NOT NULL,
    name {text} NOT NULL,
    slug {text} NOT NULL,
    type {text} NOT NULL,
    complete {integer} NOT NULL,
    complete_at {integer},
    num_lines {integer} NOT NULL,
    num_bytes {integer} NOT NULL,
    num_replaced {integer} NOT NULL,
    stored_bytes {integer} NOT NULL,
    merged_lines {integer} NOT NULL
);

CREATE UNIQUE INDEX logs_by_step_and_slug ON logs (step_id, slug);
CREATE INDEX logs_of_step ON logs (step_id, id);
CREATE INDEX logs_by_builder ON logs (builder_id);
CREATE INDEX logs_to_merge ON logs (id) WHERE complete = 1 AND merged_lines < num_lines;

-- The complete logs that still have content, the oldest first.
CREATE INDEX logs_with_content ON logs (complete_at, id) WHERE complete = 1 AND type <> 'd';

-- The lines of the logs. A chunk has the lines from first_line to last_line; the first line of a log is 0. num_bytes: the size of their text in
-- UTF-8. encoding: 0 if content is that text; 1 if it is compressed with Brotli. content: null if the content is stored outside the database.
-- There is no foreign key: the chunks of a removed log are removed later, in small parts.
CREATE TABLE log_chunks (
    log_id {integer} NOT NULL,
    first_line {integer} NOT NULL,
    last_line {integer} NOT NULL,
    num_bytes {integer} NOT NULL,
    encoding {integer} NOT NULL,
    content {bytes},
    PRIMARY KEY (log_id, first_line)
);

-- The logs whose content was removed, and whose chunks must still be removed, in the database and outside.
CREATE TABLE removed_logs (
    log_id {integer} NOT NULL PRIMARY KEY
);
