-- replaced_by: the id of the build request that replaced this one.
ALTER TABLE buildrequests ADD COLUMN replaced_by INTEGER;

-- Whether the caller has passed started_at. Otherwise it was read from the clock, and the step's end is never set before it.
ALTER TABLE steps ADD COLUMN started_at_given INTEGER NOT NULL DEFAULT 0;

-- Finds an expired event without reading all events. One event in 64 is enough, because all events before an expired one have expired too.
CREATE INDEX events_by_time ON events (at) WHERE sequence % 64 = 0;

-- The sequence number of the first event that was or will be kept. While that event is kept, no event is missing. 0 once events were removed.
ALTER TABLE event_log ADD COLUMN first_sequence INTEGER NOT NULL DEFAULT 1;

-- writer: a random number chosen by the process that has the file open for writing; 0 after it has closed the file. If the number changes,
-- another process has opened the file for writing. If it is not 0 at an opening, the last process has not closed the file.
-- overwrites: incremented by commits whose only purpose is to overwrite the frames of a failed commit in the write-ahead log.
CREATE TABLE file_state (
    writer INTEGER NOT NULL,
    overwrites INTEGER NOT NULL
);

INSERT INTO file_state (writer, overwrites) VALUES (0, 0);
