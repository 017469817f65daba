-- Webhooks: where programs are told that something changed, and how far each telling came. A telling holds ids and a code; what
-- changed is read through the API, by the token that the webhook belongs to.

CREATE TABLE webhook (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which webhook
    token {{BLOB}} NOT NULL, -- id: the token of the API whose program is told what that token may read
    version BIGINT NOT NULL, -- code: row version
    kinds TEXT NOT NULL, -- code: the kinds of events, a space between them
    state TEXT NOT NULL, -- code: on, off or ended
    made BIGINT NOT NULL, -- time: when it was made
    made_by {{BLOB}}, -- id: by whom, if it was not at the console
    failing BIGINT, -- time: since when nothing has arrived
    rests BIGINT NOT NULL, -- time: until then it is left alone
    changed BIGINT, -- time: when it was switched on or off, or ended
    sealed {{BLOB}} NOT NULL -- sealed: its address and its secrets; under the service's key
);
CREATE INDEX webhook_token ON webhook (token);

CREATE TABLE webhook_delivery (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which delivery; the receiver knows it as one by this
    webhook {{BLOB}} NOT NULL, -- id: to which webhook
    kind TEXT NOT NULL, -- code: what happened
    client {{BLOB}}, -- id: whose file; none of a test, nor of a file that is no more
    about {{BLOB}} NOT NULL, -- id: which client, entry, appointment or referral
    category TEXT NOT NULL, -- code: what a token has to be allowed to read to be told
    at BIGINT NOT NULL, -- time: when it happened
    due BIGINT NOT NULL, -- time: when it is next tried
    expires BIGINT NOT NULL, -- time: from when it is tried no more
    state TEXT NOT NULL, -- code: waiting, sending, delivered, failed or dropped
    attempts BIGINT NOT NULL, -- code: how often it was tried
    claim {{BLOB}}, -- id: the try that has it in hand
    claimed BIGINT, -- time: since when
    noted BIGINT, -- time: when its entry was in the audit log
    status BIGINT, -- code: what the program answered last
    why TEXT, -- code: why it was not taken
    done BIGINT -- time: when it was taken or given up
);
CREATE INDEX webhook_delivery_state ON webhook_delivery (state, due);
CREATE INDEX webhook_delivery_of ON webhook_delivery (webhook, at);
CREATE INDEX webhook_delivery_client ON webhook_delivery (client);
