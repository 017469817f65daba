-- Until when each layer of a file is kept: days and ids only, so that the whole service is counted without a key. Written in
-- the transaction that moves the clock; files of before are filled in at the next start.

CREATE TABLE keeping (
    client {{BLOB}} NOT NULL, -- id: whose file
    layer TEXT NOT NULL, -- code: service, equality...
    since BIGINT NOT NULL, -- time: the day from which it is counted
    warn BIGINT, -- time: the day on which warnings begin, if there are any
    day BIGINT NOT NULL, -- time: the day on which it goes
    PRIMARY KEY (client, layer)
);
CREATE INDEX keeping_day ON keeping (layer, day);
