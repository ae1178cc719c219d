-- replaced_by: the build request that made this one needless.
ALTER TABLE buildrequests ADD COLUMN replaced_by INTEGER;

-- Whether started_at was given by the caller. Otherwise it is a reading of the store's clock, and the step can't end before it.
ALTER TABLE steps ADD COLUMN started_at_given INTEGER NOT NULL DEFAULT 0;

-- Finds an event that has expired without a look at each. One in 64 is enough, because everything before it has expired too.
CREATE INDEX events_by_time ON events (at) WHERE sequence % 64 = 0;

-- The number of the first event that was ever kept, or will be: if that event is still there, nothing is missing from the beginning.
ALTER TABLE event_log ADD COLUMN first_sequence INTEGER NOT NULL DEFAULT 1;

-- writer: a random number that the process which has the file open for writing chose, or 0 once it has closed the file. Another
-- number tells a process that somebody else has opened the file for writing, and at the next opening that it was not closed.
-- overwrites: counted up by the commits whose only purpose is to overwrite what a failed commit left in the log.
CREATE TABLE file_state (
    writer INTEGER NOT NULL,
    overwrites INTEGER NOT NULL
);

INSERT INTO file_state (writer, overwrites) VALUES (0, 0);
