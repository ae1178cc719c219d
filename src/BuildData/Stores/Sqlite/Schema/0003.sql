-- replaced_by: the build request that made this one needless.
ALTER TABLE buildrequests ADD COLUMN replaced_by INTEGER;

-- Whether started_at was given by the caller. Otherwise it is a reading of the store's clock, and the step can't end before it.
ALTER TABLE steps ADD COLUMN started_at_given INTEGER NOT NULL DEFAULT 0;

-- Finds an event that has expired without a look at each. One in 64 is enough, because everything before it has expired too.
CREATE INDEX events_by_time ON events (at) WHERE sequence % 64 = 0;

-- is_open: 1 while a process has the file open for writing; found at the next opening, it tells that the process did not close
-- the file. overwrites: counted up by the commits whose only purpose is to overwrite what a failed commit left in the log.
CREATE TABLE file_state (
    is_open INTEGER NOT NULL,
    overwrites INTEGER NOT NULL
);

INSERT INTO file_state (is_open, overwrites) VALUES (0, 0);
