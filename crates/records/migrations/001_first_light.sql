-- The records store. Each column says in its comment what it may hold: an id, a time, a code, or sealed bytes.
-- Nothing here names anybody. `public` is text that everybody may read (the notice itself).
-- Times are microseconds since 1970 (UTC); days are days since 1 January 1970.

CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY, -- code: which setting
    value TEXT NOT NULL -- code: its value
);

CREATE TABLE counter (
    name TEXT NOT NULL PRIMARY KEY, -- code: what is counted
    value BIGINT NOT NULL -- code: the last number given
);
INSERT INTO counter (name, value) VALUES ('change', 0);
INSERT INTO counter (name, value) VALUES ('client-number', 10000);

CREATE TABLE notice_version (
    notice TEXT NOT NULL, -- code: the notice's id
    version TEXT NOT NULL, -- code: its version
    digest TEXT NOT NULL, -- code: SHA-256 of the text
    text TEXT NOT NULL, -- public: the notice file, word for word
    published BIGINT NOT NULL, -- time: when it was published here
    PRIMARY KEY (notice, version)
);

CREATE TABLE staff (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: who
    role TEXT NOT NULL, -- code: adviser, receptionist...
    status TEXT NOT NULL, -- code: invited, active or disabled
    version BIGINT NOT NULL, -- code: row version
    created BIGINT NOT NULL, -- time: when added
    failures BIGINT NOT NULL, -- code: wrong sign-ins in a row
    locked_until BIGINT, -- time: no sign-in before
    totp_step BIGINT NOT NULL, -- code: the newest one-time code used
    sealed {{BLOB}} NOT NULL -- sealed: name, e-mail, password hash, second factor
);

CREATE TABLE session (
    token {{BLOB}} NOT NULL PRIMARY KEY, -- id: SHA-256 of the cookie's token
    staff {{BLOB}} NOT NULL, -- id: who
    level TEXT NOT NULL, -- code: password or full
    created BIGINT NOT NULL, -- time: signed in
    seen BIGINT NOT NULL, -- time: last request, to the minute
    stepped_up BIGINT -- time: when identity was last confirmed again
);
CREATE INDEX session_staff ON session (staff);

CREATE TABLE client (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: whose file
    adviser {{BLOB}}, -- id: whose caseload
    status TEXT NOT NULL, -- code: active or closed
    restricted BOOLEAN NOT NULL, -- code: stored and nothing more
    registered BIGINT NOT NULL, -- time: when
    last_contact BIGINT NOT NULL, -- time: day of the last two-way contact
    notice TEXT NOT NULL, -- code: id of the notice given
    notice_version TEXT NOT NULL, -- code: its version
    version BIGINT NOT NULL -- code: row version
);
CREATE INDEX client_adviser ON client (adviser);

CREATE TABLE entry (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which entry
    client {{BLOB}} NOT NULL, -- id: whose file
    kind TEXT NOT NULL, -- code: profile, meeting, notice-given...
    category TEXT NOT NULL, -- code: category of the notice
    compartment TEXT NOT NULL, -- code: which of the file's keys
    day BIGINT NOT NULL, -- time: the day it is about
    written BIGINT NOT NULL, -- time: when this version was written
    author {{BLOB}} NOT NULL, -- id: who wrote this version
    version BIGINT NOT NULL, -- code: row version
    sealed {{BLOB}} NOT NULL -- sealed: the content
);
CREATE INDEX entry_client ON entry (client, day, written, kind);
CREATE UNIQUE INDEX entry_profile ON entry (client, category) WHERE kind = 'profile';

CREATE TABLE entry_past (
    id {{BLOB}} NOT NULL, -- id: which entry
    client {{BLOB}} NOT NULL, -- id: whose file
    kind TEXT NOT NULL, -- code: profile, meeting, notice-given...
    category TEXT NOT NULL, -- code: category of the notice
    compartment TEXT NOT NULL, -- code: which of the file's keys
    day BIGINT NOT NULL, -- time: the day it is about
    written BIGINT NOT NULL, -- time: when this version was written
    author {{BLOB}} NOT NULL, -- id: who wrote this version
    version BIGINT NOT NULL, -- code: row version
    sealed {{BLOB}} NOT NULL, -- sealed: the content as it was
    PRIMARY KEY (id, version)
);
CREATE INDEX entry_past_client ON entry_past (client);

CREATE TABLE draft (
    staff {{BLOB}} NOT NULL, -- id: who types
    client {{BLOB}} NOT NULL, -- id: about whom
    form TEXT NOT NULL, -- code: which form
    id {{BLOB}} NOT NULL, -- id: this draft
    saved BIGINT NOT NULL, -- time: when
    sealed {{BLOB}} NOT NULL, -- sealed: what was typed
    PRIMARY KEY (staff, client, form)
);
CREATE INDEX draft_client ON draft (client);

CREATE TABLE stated_reason (
    staff {{BLOB}} NOT NULL, -- id: who asked
    client {{BLOB}} NOT NULL, -- id: whose file
    until BIGINT NOT NULL, -- time: the reason holds till then
    PRIMARY KEY (staff, client)
);
CREATE INDEX stated_reason_client ON stated_reason (client);

CREATE TABLE conflict (
    staff {{BLOB}} NOT NULL, -- id: who declared it
    client {{BLOB}} NOT NULL, -- id: whose file stays closed to them
    declared BIGINT NOT NULL, -- time: when
    PRIMARY KEY (staff, client)
);
CREATE INDEX conflict_client ON conflict (client);

CREATE TABLE form_done (
    key {{BLOB}} NOT NULL PRIMARY KEY, -- id: random number of the form sent
    staff {{BLOB}} NOT NULL, -- id: who sent it
    made {{BLOB}} NOT NULL, -- id: what it made
    done BIGINT NOT NULL -- time: when
);

CREATE TABLE change (
    seq BIGINT NOT NULL PRIMARY KEY, -- code: order of changes
    client {{BLOB}}, -- id: whose file, or none for staff and notices
    made BIGINT NOT NULL -- time: when
);

CREATE TABLE erased (
    client {{BLOB}} NOT NULL PRIMARY KEY, -- id: a file that is no more; names nobody
    ground TEXT NOT NULL, -- code: request, retention, withdrawal
    asked BIGINT NOT NULL, -- time: erasure began
    in_service BIGINT, -- time: rows and keys gone
    final_from BIGINT, -- time: the epoch roll that made it final
    epoch BIGINT NOT NULL -- code: keyring epoch in which the keys were dropped
);
