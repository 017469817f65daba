-- How many entries of changes these records have given to the audit log; none until it is first counted.

CREATE TABLE outbox_given (
    single BIGINT NOT NULL PRIMARY KEY, -- code: always 1
    given BIGINT -- code: number of entries
);
INSERT INTO outbox_given (single, given) VALUES (1, NULL);
