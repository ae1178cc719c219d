-- replaced_by: the build request that made this one needless.
ALTER TABLE buildrequests ADD COLUMN replaced_by BIGINT;

-- Whether started_at was given by the caller. Otherwise it is a reading of the master's clock, and the step can't end before it.
ALTER TABLE steps ADD COLUMN started_at_given BIGINT NOT NULL DEFAULT 0;

-- The number of the first event that was ever kept: if that event is still there, nothing is missing from the beginning.
ALTER TABLE event_log ADD COLUMN first_sequence BIGINT NOT NULL DEFAULT 1;

-- Finds an event that has expired without a look at each. One in 64 is enough, because everything before it has expired too.
CREATE INDEX events_by_time ON events (at) WHERE sequence % 64 = 0;
