-- Documents and paper, hand-overs and cover. A document's bytes stand outside the database, sealed in pieces; here is only
-- where they belong. Ids name nobody.

CREATE TABLE document (
    id {{BLOB}} NOT NULL, -- id: which document
    version BIGINT NOT NULL, -- code: which version of it
    client {{BLOB}} NOT NULL, -- id: whose file
    category TEXT NOT NULL, -- code: category of the notice
    state TEXT NOT NULL, -- code: clean, unchecked, waiting, infected
    blob {{BLOB}} NOT NULL, -- id: under which name its bytes stand
    pieces BIGINT NOT NULL, -- code: its size in pieces of 64 KiB
    written BIGINT NOT NULL, -- time: when this version was sent
    author {{BLOB}} NOT NULL, -- id: who sent this version
    sealed {{BLOB}} NOT NULL, -- sealed: title, kind, note, file name, format, size
    PRIMARY KEY (id, version)
);
CREATE INDEX document_client ON document (client);
CREATE INDEX document_state ON document (state);

CREATE TABLE paper (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which piece of paper
    label BIGINT NOT NULL UNIQUE, -- code: the number on its label
    client {{BLOB}}, -- id: whose file; none once that is erased
    erasure {{BLOB}}, -- id: the erasure that asks for it to be destroyed; names nobody
    state TEXT NOT NULL, -- code: here, lent, to-destroy, destroyed
    lent_to {{BLOB}}, -- id: who has it
    due_back BIGINT, -- time: the day on which it is due back
    written BIGINT NOT NULL, -- time: when this version was written
    author {{BLOB}} NOT NULL, -- id: who wrote this version
    version BIGINT NOT NULL, -- code: row version
    place {{BLOB}} NOT NULL, -- sealed: room, cabinet, folder; under the service's key, since it outlives the file
    what {{BLOB}} -- sealed: what it is; under the file's key
);
CREATE INDEX paper_client ON paper (client);
CREATE INDEX paper_state ON paper (state, due_back);
INSERT INTO counter (name, value) VALUES ('paper-label', 10000);

CREATE TABLE cover (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which cover
    absent {{BLOB}} NOT NULL, -- id: who is away
    covering {{BLOB}} NOT NULL, -- id: who looks after their clients
    starts BIGINT NOT NULL, -- time: from when
    ends BIGINT NOT NULL, -- time: until when
    author {{BLOB}} NOT NULL, -- id: who arranged it
    written BIGINT NOT NULL -- time: when
);
CREATE INDEX cover_covering ON cover (covering, starts);
CREATE INDEX cover_absent ON cover (absent, starts);

CREATE TABLE hand_over (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which hand-over
    giver {{BLOB}} NOT NULL, -- id: whose caseload the clients leave
    taker {{BLOB}} NOT NULL, -- id: whose caseload they join
    author {{BLOB}} NOT NULL, -- id: who asked for it
    reason TEXT NOT NULL, -- code: why, of a closed list
    begun BIGINT NOT NULL -- time: when
);

CREATE TABLE hand_over_client (
    hand_over {{BLOB}} NOT NULL, -- id: which hand-over
    client {{BLOB}} NOT NULL, -- id: who is handed over
    state TEXT NOT NULL, -- code: waiting, done, conflict, refused, moved
    PRIMARY KEY (hand_over, client)
);
CREATE INDEX hand_over_client_of ON hand_over_client (client);
CREATE INDEX hand_over_waiting ON hand_over_client (state);
