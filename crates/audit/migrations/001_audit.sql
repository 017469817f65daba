-- The audit log: entries, the Merkle tree over them, and how far it has grown. Ids and codes, no names.

CREATE TABLE audit_head (
    one BIGINT NOT NULL PRIMARY KEY, -- code: always 1
    size BIGINT NOT NULL -- code: number of entries
);
INSERT INTO audit_head (one, size) VALUES (1, 0);

CREATE TABLE audit_entry (
    seq BIGINT NOT NULL PRIMARY KEY, -- code: its place, from 0
    id {{BLOB}} NOT NULL UNIQUE, -- id: which entry
    at BIGINT NOT NULL, -- time: when
    actor {{BLOB}}, -- id: who
    subject {{BLOB}}, -- id: whose file
    leaf {{BLOB}} NOT NULL -- log: the entry itself, which the tree is over
);
CREATE INDEX audit_entry_subject ON audit_entry (subject, seq);
CREATE INDEX audit_entry_actor ON audit_entry (actor, seq);

CREATE TABLE audit_hash (
    place BIGINT NOT NULL PRIMARY KEY, -- code: its place in the stored tree
    hash {{BLOB}} NOT NULL -- log: SHA-256
);
