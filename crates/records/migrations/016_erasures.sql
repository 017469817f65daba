-- What is asked to be erased, what keeps it, and the nightly sweep. The register of erasures outlives the files: it names nobody.

CREATE TABLE erasure (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which; the reference on its receipt
    client {{BLOB}} NOT NULL, -- id: whose file; names nobody once that is gone
    what TEXT NOT NULL, -- code: file, or a category of the notice
    ground TEXT NOT NULL, -- code: request, retention, withdrawal
    state TEXT NOT NULL, -- code: asked, refused, begun, done
    asked BIGINT NOT NULL, -- time: when somebody asked
    asked_by {{BLOB}}, -- id: who; Kept itself if nobody
    decided BIGINT, -- time: when a second person decided
    decided_by {{BLOB}}, -- id: who
    entries BIGINT NOT NULL, -- code: how many entries went
    documents BIGINT NOT NULL, -- code: how many documents
    paper BIGINT NOT NULL, -- code: how many pieces of paper
    recipients BIGINT NOT NULL, -- code: how many recipients are to be told
    mentions BIGINT NOT NULL, -- code: how many entries of other files spoke of the client
    in_service BIGINT, -- time: rows and keys gone
    final_from BIGINT, -- time: the epoch roll that made it final
    epoch BIGINT, -- code: keyring epoch in which the keys were dropped
    why {{BLOB}} -- sealed: why it was asked for; gone with the file
);
CREATE UNIQUE INDEX erasure_waiting ON erasure (client, what) WHERE state = 'asked';
CREATE INDEX erasure_client ON erasure (client);
CREATE INDEX erasure_state ON erasure (state, asked);

CREATE TABLE hold (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which
    client {{BLOB}} NOT NULL, -- id: whose file is held
    authority TEXT NOT NULL, -- code: by what authority
    review BIGINT NOT NULL, -- time: the day on which somebody looks at it again
    placed BIGINT NOT NULL, -- time: since when
    placed_by {{BLOB}} NOT NULL, -- id: by whom
    lifted BIGINT, -- time: until when
    lifted_by {{BLOB}}, -- id: by whom
    why {{BLOB}} NOT NULL -- sealed: why
);
CREATE INDEX hold_client ON hold (client, lifted);

-- Entries of other files that spoke of somebody whose file was erased: somebody reads them and takes the person out.
CREATE TABLE to_redact (
    entry {{BLOB}} NOT NULL, -- id: which entry
    client {{BLOB}} NOT NULL, -- id: whose file it stands in
    erasure {{BLOB}} NOT NULL, -- id: the erasure
    noted BIGINT NOT NULL, -- time: since when
    done BIGINT, -- time: when somebody saw to it
    done_by {{BLOB}}, -- id: who
    PRIMARY KEY (entry, erasure)
);
CREATE INDEX to_redact_client ON to_redact (client);
CREATE INDEX to_redact_open ON to_redact (done, noted);

CREATE TABLE sweep (
    day BIGINT NOT NULL PRIMARY KEY, -- time: the day whose sweep it is
    begun BIGINT NOT NULL, -- time: when it began
    state TEXT NOT NULL, -- code: asks, runs, stopped, done
    doubt TEXT, -- code: why it asks
    due BIGINT NOT NULL, -- code: how much was due
    erased BIGINT NOT NULL, -- code: how much is erased
    ended BIGINT, -- time: when it was done
    holder {{BLOB}}, -- id: the server that is at it
    held_until BIGINT NOT NULL, -- time: until when no other server takes it up
    first_at BIGINT, -- time: the first person agreed
    first_by {{BLOB}}, -- id: who
    second_at BIGINT, -- time: the second person agreed
    second_by {{BLOB}} -- id: who, somebody else
);
