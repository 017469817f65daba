-- The keyring store: the files' keys, each wrapped by the epoch key. The epoch key itself, wrapped or not, never stands here.
-- Each column says in its comment what it may hold: an id, a time, a code, or sealed bytes.

CREATE TABLE keyring (
    id BIGINT NOT NULL PRIMARY KEY, -- code: always 1, there is one keyring
    deployment {{BLOB}} NOT NULL, -- id: which service
    epoch BIGINT NOT NULL, -- code: the epoch whose key wraps every row
    erased BIGINT NOT NULL, -- code: keys deleted since this epoch began
    began BIGINT NOT NULL, -- time: when this epoch began
    CHECK (id = 1)
);

CREATE TABLE wrapped_key (
    file {{BLOB}} NOT NULL, -- id: whose file
    compartment TEXT NOT NULL, -- code: which part of it
    version BIGINT NOT NULL, -- code: key version
    epoch BIGINT NOT NULL, -- code: the epoch whose key wraps it
    created BIGINT NOT NULL, -- time: when the key was drawn
    wrapped {{BLOB}} NOT NULL, -- sealed: the key, wrapped
    PRIMARY KEY (file, compartment, version)
);
