-- Tokens of the programs that use the API, and the calls that act once. Nothing here names a client.

CREATE TABLE api_token (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which token: the actor of its calls in the audit log
    secret {{BLOB}} NOT NULL, -- id: SHA-256 of the secret, which is shown once
    role TEXT NOT NULL, -- code: adviser, receptionist...
    purpose TEXT NOT NULL, -- code: what it opens files for
    acts_for {{BLOB}}, -- id: on whose caseload it works
    made BIGINT NOT NULL, -- time: when it was made
    ends BIGINT NOT NULL, -- time: from when it opens nothing
    revoked BIGINT, -- time: when it was stopped before that
    used BIGINT, -- time: its last call, to the minute
    sealed {{BLOB}} NOT NULL -- sealed: what it is called; under the service's key
);
CREATE UNIQUE INDEX api_token_secret ON api_token (secret);

CREATE TABLE api_call (
    key {{BLOB}} NOT NULL PRIMARY KEY, -- id: SHA-256 of the token and its idempotency key
    token {{BLOB}} NOT NULL, -- id: which token
    request {{BLOB}} NOT NULL, -- id: SHA-256 of that key and what was sent with it
    at BIGINT NOT NULL -- time: when
);
CREATE INDEX api_call_at ON api_call (at);
