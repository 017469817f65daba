-- People who stand twice, files that were made one, and files that came with an import. Ids name nobody.

CREATE TABLE different (
    one {{BLOB}} NOT NULL, -- id: a client, the smaller id of the two
    other {{BLOB}} NOT NULL, -- id: somebody else, as a person decided
    decided BIGINT NOT NULL, -- time: when
    staff {{BLOB}} NOT NULL, -- id: who decided
    PRIMARY KEY (one, other)
);
CREATE INDEX different_other ON different (other);

CREATE TABLE merge (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which merge
    survivor {{BLOB}} NOT NULL, -- id: the file that goes on
    absorbed {{BLOB}} NOT NULL, -- id: the file that was taken up in it
    staff {{BLOB}} NOT NULL, -- id: who decided
    made BIGINT NOT NULL, -- time: when
    undone BIGINT, -- time: when it was taken back
    undone_by {{BLOB}}, -- id: by whom
    sealed {{BLOB}} NOT NULL -- sealed: what came from where, under the key of the file that goes on
);
CREATE INDEX merge_survivor ON merge (survivor);
CREATE UNIQUE INDEX merge_absorbed ON merge (absorbed) WHERE undone IS NULL;
