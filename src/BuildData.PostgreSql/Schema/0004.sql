-- A transaction draws a ticket immediately before it commits. Its events are numbered from 1024 times the ticket upwards. Drawing a
-- ticket locks nothing, so commits may become visible in another order than that of their tickets. A reader of events therefore
-- proceeds to a ticket only when the transactions of all earlier tickets have ended.
CREATE SEQUENCE event_tickets AS BIGINT;

SELECT setval('event_tickets', (SELECT greatest(max(position), (SELECT max(sequence) FROM events), 0) FROM event_log) / 1024 + 1, false);

-- If the first event no longer exists, events have been removed. 0 records this.
UPDATE event_log SET first_sequence = 0 WHERE (SELECT min(sequence) FROM events) <> first_sequence;

-- Earlier versions of the library increase this number with each commit. If one is still running, this constraint makes its updates
-- fail, because they would break the order of events.
UPDATE event_log SET position = 0;
ALTER TABLE event_log ADD CHECK (position = 0);

DROP INDEX events_by_time;
CREATE INDEX events_by_time ON events (at) WHERE sequence % 65536 = 0;

-- epoch: how many times a process has become this master. Only the process that became it last may write.
ALTER TABLE masters ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;
