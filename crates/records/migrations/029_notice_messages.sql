-- Messages that tell a client of a changed notice. Once one has arrived, the notice counts as given.

ALTER TABLE message RENAME TO message_before;
CREATE TABLE message (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which message; servers are told it, so that one message is known as one
    client {{BLOB}} NOT NULL, -- id: whose file
    appointment {{BLOB}}, -- id: which appointment it tells of, if it is one
    version BIGINT, -- code: of which version of that appointment
    closure {{BLOB}}, -- id: the closing that it belongs to
    ending BIGINT, -- time: the day of the end of the file that it tells of
    warned BIGINT, -- time: the day on which the notice has the client warned of it
    notice_version TEXT, -- code: the version of the service's notice that it tells of
    asked_by {{BLOB}}, -- id: who has the client told of it
    noted BIGINT, -- time: since when the notice counts as given by it
    template TEXT NOT NULL, -- code: booked, reminder, cancelled, moved, ending, notice
    channel TEXT, -- code: text, email; none before it is handed over
    carrier TEXT, -- code: smtp, notify
    state TEXT NOT NULL, -- code: waiting, sending, sent, delivered, failed...
    why TEXT, -- code: why it was not sent
    queued BIGINT NOT NULL, -- time: when it was queued
    due BIGINT NOT NULL, -- time: when it is next tried or asked after
    expires BIGINT NOT NULL, -- time: from when on it would tell nothing
    attempts BIGINT NOT NULL, -- code: how often it was tried
    claim {{BLOB}}, -- id: the try that has it in hand
    claimed BIGINT, -- time: since when
    done BIGINT, -- time: when it was sent or given up
    taken {{BLOB}}, -- id: under which name GOV.UK Notify has it
    answered BIGINT, -- time: the day on which the client answered
    settled BIGINT, -- time: when somebody saw to it that the client knows
    settled_by {{BLOB}} -- id: who
);
INSERT INTO message (id, client, appointment, version, closure, ending, warned, template, channel, carrier, state, why, queued, due, expires, attempts, claim, claimed, done, taken, answered, settled, settled_by) SELECT id, client, appointment, version, closure, ending, warned, template, channel, carrier, state, why, queued, due, expires, attempts, claim, claimed, done, taken, answered, settled, settled_by FROM message_before;
DROP TABLE message_before;
-- What tells of one version of an appointment is told once, of one closing each client once, and each warning of an end
-- and each version of the notice once.
CREATE UNIQUE INDEX message_once ON message (appointment, template, version);
CREATE UNIQUE INDEX message_of_closure ON message (closure, client);
CREATE UNIQUE INDEX message_of_ending ON message (client, warned);
CREATE UNIQUE INDEX message_of_notice ON message (client, notice_version);
CREATE INDEX message_to_note ON message (notice_version, noted);
CREATE INDEX message_state ON message (state, due);
