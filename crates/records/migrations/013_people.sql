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

CREATE TABLE import (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which import
    digest TEXT NOT NULL, -- code: SHA-256 of the file, so that it is known when it comes again
    staff {{BLOB}}, -- id: who began it; none for the command
    begun BIGINT NOT NULL, -- time: when
    ended BIGINT, -- time: when it was through, or undone
    state TEXT NOT NULL, -- code: running, done, undone
    line BIGINT NOT NULL, -- code: the last line of the file that was dealt with
    made BIGINT NOT NULL, -- code: how many files were made
    left_out BIGINT NOT NULL -- code: how many rows were left out
);
CREATE UNIQUE INDEX import_running ON import (digest) WHERE state = 'running';

CREATE TABLE imported (
    client {{BLOB}} NOT NULL PRIMARY KEY, -- id: whose file
    import {{BLOB}} NOT NULL, -- id: with which import it came
    line BIGINT NOT NULL -- code: from which line
);
CREATE INDEX imported_of ON imported (import, line);

CREATE TABLE import_mapping (
    headings TEXT NOT NULL PRIMARY KEY, -- code: SHA-256 of the headings of a file
    saved BIGINT NOT NULL, -- time: when
    sealed {{BLOB}} NOT NULL -- sealed: which column and which word is what; under the service's key
);
