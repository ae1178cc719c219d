-- replaced_by: the build request that replaced this one when it was collapsed.
ALTER TABLE buildrequests ADD COLUMN replaced_by BIGINT;

-- started_at_given: whether the caller set started_at. Otherwise it was read from the master's clock, and the step can't end before it.
ALTER TABLE steps ADD COLUMN started_at_given BIGINT NOT NULL DEFAULT 0;

-- first_sequence: the number of the first event that was ever stored. If that event still exists, no event has been removed.
ALTER TABLE event_log ADD COLUMN first_sequence BIGINT NOT NULL DEFAULT 1;

-- Finds an expired event without reading all events. One event in 64 is enough: all events before an expired one have expired too.
CREATE INDEX events_by_time ON events (at) WHERE sequence % 64 = 0;
