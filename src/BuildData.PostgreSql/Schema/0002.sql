-- replaced_by: the build request that made this one needless.
ALTER TABLE buildrequests ADD COLUMN replaced_by BIGINT;

-- Whether started_at was given by the caller. Otherwise it is a reading of the master's clock, and the step can't end before it.
ALTER TABLE steps ADD COLUMN started_at_given BIGINT NOT NULL DEFAULT 0;

-- Finds an event that has expired without a look at each. One in 64 is enough, because everything before it has expired too.
CREATE INDEX events_by_time ON events (at) WHERE sequence % 64 = 0;
