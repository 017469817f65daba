-- A document can be put with a programme: then it lies in that programme's layer, with a key that goes with the layer's, and
-- is kept for as long.

ALTER TABLE document RENAME TO document_before;
CREATE TABLE document (
    id {{BLOB}} NOT NULL, -- id: which document
    version BIGINT NOT NULL, -- code: which version of it
    client {{BLOB}} NOT NULL, -- id: whose file
    programme {{BLOB}}, -- id: in which programme's layer; none for the file itself
    category TEXT NOT NULL, -- code: category of the notice
    state TEXT NOT NULL, -- code: clean, unchecked, waiting, infected
    blob {{BLOB}} NOT NULL, -- id: under which name its bytes stand
    pieces BIGINT NOT NULL, -- code: its size in pieces of 64 KiB
    written BIGINT NOT NULL, -- time: when this version was sent
    author {{BLOB}} NOT NULL, -- id: who sent this version
    sealed {{BLOB}} NOT NULL, -- sealed: title, kind, note, file name, format, size
    PRIMARY KEY (id, version)
);
INSERT INTO document (id, version, client, category, state, blob, pieces, written, author, sealed) SELECT id, version, client, category, state, blob, pieces, written, author, sealed FROM document_before;
DROP TABLE document_before;
CREATE INDEX document_client ON document (client);
CREATE INDEX document_state ON document (state);
