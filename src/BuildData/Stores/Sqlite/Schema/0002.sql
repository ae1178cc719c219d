-- Events that are kept, in the order of commits. The resource is JSON with times in microseconds.

CREATE TABLE events (
    sequence INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    resource_id INTEGER NOT NULL,
    resource TEXT NOT NULL,
    properties TEXT
);

-- position: up to here sequence numbers have been given out, or set aside for the process that writes without keeping events.
CREATE TABLE event_log (
    position INTEGER NOT NULL
);

INSERT INTO event_log (position) VALUES (0);
