-- Who must not be sent news: keyed digests of the lines by which people who objected to direct marketing are reached, and nothing
-- else of them. They outlive the file, so that nobody is written to by mistake who comes again or stands on another list.

CREATE TABLE suppression (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which line
    digest {{BLOB}} NOT NULL, -- sealed: HMAC-SHA-256 of an address or number in one form, under the secret below
    client {{BLOB}}, -- id: whose file, while there is one
    scope TEXT NOT NULL, -- code: what must not be sent: direct-marketing
    since BIGINT NOT NULL -- time: the day of the objection
);
CREATE UNIQUE INDEX suppression_client ON suppression (client, digest);
CREATE INDEX suppression_digest ON suppression (digest);

CREATE TABLE suppression_secret (
    name TEXT NOT NULL PRIMARY KEY, -- code: which secret
    sealed {{BLOB}} NOT NULL -- sealed: 32 random bytes under which lines are digested
);
