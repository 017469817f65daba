-- Definitions of returns: those of the service's own, and each that a return was made by, so that a return can be read years later by
-- what it was made by. A row is never changed: another text is another version.

CREATE TABLE return_definition (
    definition TEXT NOT NULL, -- code: which return
    version TEXT NOT NULL, -- code: which version
    own BOOLEAN NOT NULL, -- code: whether the service loaded it; the others came with Kept
    added BIGINT NOT NULL, -- time: when
    text TEXT NOT NULL, -- public: what it counts, word for word
    PRIMARY KEY (definition, version)
);
