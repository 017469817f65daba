-- What the records store holds of files, kept plain: for measuring only, with made-up people.

CREATE TABLE plain_session (
    token {{BLOB}} NOT NULL PRIMARY KEY, -- id: a session
    staff {{BLOB}} NOT NULL -- id: whose
);

CREATE TABLE plain_client (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: whose file
    adviser {{BLOB}} NOT NULL, -- id: whose caseload
    registered BIGINT NOT NULL, -- time: when
    last_contact BIGINT NOT NULL, -- time: day of the last contact
    notice TEXT NOT NULL, -- code: id of the notice given
    notice_version TEXT NOT NULL -- code: its version
);

CREATE TABLE plain_entry (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which entry
    client {{BLOB}} NOT NULL, -- id: whose file
    kind TEXT NOT NULL, -- code: profile, meeting...
    category TEXT NOT NULL, -- code: category of the notice
    day BIGINT NOT NULL, -- time: the day it is about
    written BIGINT NOT NULL, -- time: when it was written
    author {{BLOB}} NOT NULL, -- id: by whom
    version BIGINT NOT NULL, -- code: row version
    content TEXT NOT NULL -- public: made-up people only
);
CREATE INDEX plain_entry_client ON plain_entry (client, day);

CREATE TABLE plain_draft (
    staff {{BLOB}} NOT NULL, -- id: who types
    client {{BLOB}} NOT NULL, -- id: about whom
    content TEXT NOT NULL, -- public: made-up people only
    PRIMARY KEY (staff, client)
);

CREATE TABLE plain_appointment (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which appointment
    client {{BLOB}} NOT NULL, -- id: whose
    adviser {{BLOB}} NOT NULL, -- id: with whom
    starts BIGINT NOT NULL, -- time: when it begins
    ends BIGINT NOT NULL, -- time: when it ends
    way TEXT NOT NULL, -- code: how they meet
    state TEXT NOT NULL, -- code: what became of it
    version BIGINT NOT NULL, -- code: row version
    said TEXT NOT NULL, -- public: made-up people only
    why TEXT NOT NULL -- public: made-up people only
);
CREATE INDEX plain_appointment_client ON plain_appointment (client, starts);

CREATE TABLE plain_due (
    entry {{BLOB}} NOT NULL, -- id: which entry asks for it
    client {{BLOB}} NOT NULL, -- id: whose
    form TEXT NOT NULL, -- code: its form
    words TEXT NOT NULL, -- public: what is due, without a word about the client
    day BIGINT NOT NULL -- time: by when
);
CREATE INDEX plain_due_client ON plain_due (client, day);

CREATE TABLE plain_keeping (
    client {{BLOB}} NOT NULL, -- id: whose
    layer TEXT NOT NULL, -- code: which layer
    since BIGINT NOT NULL, -- time: the day it is counted from
    day BIGINT NOT NULL, -- time: the day it goes
    reason TEXT NOT NULL, -- public: why
    programme TEXT -- public: whose layer
);
CREATE INDEX plain_keeping_client ON plain_keeping (client, day);

CREATE TABLE plain_wait (
    client {{BLOB}} NOT NULL, -- id: whose
    kind TEXT NOT NULL, -- code: a hold, an erasure, a request
    at BIGINT NOT NULL -- time: its day or number
);
CREATE INDEX plain_wait_client ON plain_wait (client, kind, at);
