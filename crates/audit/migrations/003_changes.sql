-- How many entries of changes the log has taken from the records: records that are older than the log have given fewer.

CREATE TABLE audit_changes (
    one BIGINT NOT NULL PRIMARY KEY, -- code: always 1
    taken BIGINT NOT NULL -- code: number of entries that came with a change
);
INSERT INTO audit_changes (one, taken) VALUES (1, 0);
