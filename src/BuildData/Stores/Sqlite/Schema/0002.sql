-- The kept events in commit order. The resource is JSON with times in microseconds.

CREATE TABLE events (
    sequence INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    resource_id INTEGER NOT NULL,
    resource TEXT NOT NULL,
    properties TEXT
);

-- position: the last sequence number that was assigned, or may have been assigned, when this row was last written. Kept events may have
-- higher numbers.
CREATE TABLE event_log (
    position INTEGER NOT NULL
);

INSERT INTO event_log (position) VALUES (0);
