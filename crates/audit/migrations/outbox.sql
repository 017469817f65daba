-- Entries of changes, committed with the change itself and moved into the log by its writer.

CREATE TABLE outbox (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which entry
    at BIGINT NOT NULL, -- time: when
    leaf {{BLOB}} NOT NULL -- log: the entry
);
