-- A transaction draws a ticket right before its commit, and its events have the numbers from 1024 times the ticket on. Nothing is
-- locked for it, so commits may become visible in another order. Whoever reads events goes on to the next ticket only when the
-- transaction of the one before it has ended.
CREATE SEQUENCE event_tickets AS BIGINT;

SELECT setval('event_tickets', (SELECT greatest(max(position), (SELECT max(sequence) FROM events), 0) FROM event_log) / 1024 + 1, false);

-- Events have been removed if the first one is not there.
UPDATE event_log SET first_sequence = 0 WHERE (SELECT min(sequence) FROM events) <> first_sequence;

-- An earlier version of the library counts here. If it still runs, its updates fail instead of mixing up the order.
UPDATE event_log SET position = 0;
ALTER TABLE event_log ADD CHECK (position = 0);

DROP INDEX events_by_time;
CREATE INDEX events_by_time ON events (at) WHERE sequence % 65536 = 0;

-- Counts how often a process has become this master. The one that became it last is the only one that may write.
ALTER TABLE masters ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;
