-- Registers of the governance lead: breaches, whom they reached, and which looks at files were reviewed. What happened is told
-- in sealed text under the service's key, since it outlives every file; it names nobody by the lead's own rule. Whom it
-- reached stands as ids, which go with their files.

CREATE TABLE breach (
    id {{BLOB}} NOT NULL, -- id: which breach
    version BIGINT NOT NULL, -- code: which version of its record; the highest holds, those before are its history
    aware BIGINT NOT NULL, -- time: when the service knew, from which 72 hours run
    state TEXT NOT NULL, -- code: open or closed
    decision TEXT NOT NULL, -- code: open, report or keep
    reported BIGINT, -- time: when the Information Commissioner was told
    written BIGINT NOT NULL, -- time: when this version was written
    author {{BLOB}} NOT NULL, -- id: who wrote it
    sealed {{BLOB}} NOT NULL, -- sealed: what happened, its risk, what was decided and why
    PRIMARY KEY (id, version)
);

CREATE TABLE breach_affected (
    breach {{BLOB}} NOT NULL, -- id: which breach
    client {{BLOB}} NOT NULL, -- id: whom it reached
    added BIGINT NOT NULL, -- time: since when they are listed
    added_by {{BLOB}} NOT NULL, -- id: by whom
    told BIGINT, -- time: when they were told
    PRIMARY KEY (breach, client)
);
CREATE INDEX breach_affected_client ON breach_affected (client);

CREATE TABLE look_review (
    seq BIGINT NOT NULL PRIMARY KEY, -- code: the look's place in the audit log
    verdict TEXT NOT NULL, -- code: fine, asked, breach
    reviewed BIGINT NOT NULL, -- time: when
    reviewed_by {{BLOB}} NOT NULL -- id: by whom
);
