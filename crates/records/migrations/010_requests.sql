-- What people ask about their own data, and complaints. Dates, codes and references stand in the clear and stay when the file
-- is erased, by reference and without the client; words and names are sealed with the file's key and go with it.

CREATE TABLE request (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which
    number BIGINT NOT NULL, -- code: the number by which people speak of it; it names nobody
    client {{BLOB}}, -- id: whose file, while there is one
    kind TEXT NOT NULL, -- code: access, erasure, complaint...
    came TEXT NOT NULL, -- code: how it came
    asker TEXT NOT NULL, -- code: the client, or somebody for them
    received BIGINT NOT NULL, -- time: the day on which it came
    noted BIGINT NOT NULL, -- time: when it was written down
    noted_by {{BLOB}} NOT NULL, -- id: by whom
    objects TEXT NOT NULL, -- code: what is objected to
    doubt BOOLEAN NOT NULL, -- code: whether identity or authority has to be shown
    notice TEXT NOT NULL, -- code: the notice that the client had then
    notice_version TEXT NOT NULL, -- code: its version
    clock TEXT NOT NULL, -- code: which reading of the law's clock holds for it
    outcome TEXT, -- code: what came of it
    grounds TEXT NOT NULL, -- code: on which grounds something is not given
    decided BIGINT, -- time: when
    decided_by {{BLOB}}, -- id: by whom
    opinion BIGINT, -- time: the day of a health professional's opinion
    closed BIGINT, -- time: the day on which the answer left
    sealed {{BLOB}} -- sealed: what was said, and who asked for the client; none once the file is erased
);
CREATE INDEX request_client ON request (client);
CREATE INDEX request_open ON request (closed, received);

CREATE TABLE request_step (
    request {{BLOB}} NOT NULL, -- id: of which request
    seq BIGINT NOT NULL, -- code: its place among the steps
    id {{BLOB}} NOT NULL, -- id: this step
    step TEXT NOT NULL, -- code: what was done
    day BIGINT NOT NULL, -- time: on which day
    at BIGINT NOT NULL, -- time: when it was written down
    staff {{BLOB}} NOT NULL, -- id: by whom
    sealed {{BLOB}}, -- sealed: what there is to say about it
    PRIMARY KEY (request, seq)
);

CREATE TABLE redaction (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which mark
    request {{BLOB}} NOT NULL, -- id: in the copy of which request
    client {{BLOB}} NOT NULL, -- id: whose file
    state TEXT NOT NULL, -- code: asked, agreed, refused
    marked BIGINT NOT NULL, -- time: when
    marked_by {{BLOB}} NOT NULL, -- id: by whom
    reviewed BIGINT, -- time: when a second person looked
    reviewed_by {{BLOB}}, -- id: who
    sealed {{BLOB}} NOT NULL -- sealed: the words, where they stand, and why they are taken out
);
CREATE INDEX redaction_request ON redaction (request, marked);
CREATE INDEX redaction_client ON redaction (client);

CREATE TABLE objection (
    client {{BLOB}} NOT NULL, -- id: whose
    what TEXT NOT NULL, -- code: direct-marketing, legitimate-interests...
    stops BIGINT NOT NULL, -- code: which purposes it stops, a bit each in the order of the vocabulary
    since BIGINT NOT NULL, -- time: since when
    request {{BLOB}} NOT NULL, -- id: the request by which it came
    PRIMARY KEY (client, what)
);

INSERT INTO counter (name, value) VALUES ('request', 100);
