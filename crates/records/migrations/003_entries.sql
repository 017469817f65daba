-- What dated entries bring with them: when something is due, and who is mentioned where. Ids name nobody.

CREATE TABLE due (
    entry {{BLOB}} NOT NULL, -- id: which entry asks for it
    field TEXT NOT NULL, -- code: which of its dates
    client {{BLOB}} NOT NULL, -- id: whose file
    form TEXT NOT NULL, -- code: which form the entry was written with
    day BIGINT NOT NULL, -- time: the day by which
    PRIMARY KEY (entry, field)
);
CREATE INDEX due_client ON due (client, day);

CREATE TABLE mention (
    entry {{BLOB}} NOT NULL, -- id: in which entry
    client {{BLOB}} NOT NULL, -- id: whose file it stands in
    mentioned {{BLOB}} NOT NULL, -- id: who is mentioned by their number
    PRIMARY KEY (entry, mentioned)
);
CREATE INDEX mention_client ON mention (client);
CREATE INDEX mention_mentioned ON mention (mentioned);
