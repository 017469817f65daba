-- Messages to clients: about which appointment, and how far each came. Neither an address nor a word of them is kept: both are
-- put together from the file at the moment of sending, and forgotten after it.

CREATE TABLE message (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which message; servers are told it, so that one message is known as one
    client {{BLOB}} NOT NULL, -- id: whose file
    appointment {{BLOB}} NOT NULL, -- id: which appointment it tells of
    version BIGINT NOT NULL, -- code: of which version of that appointment
    closure {{BLOB}}, -- id: the closing that it belongs to
    template TEXT NOT NULL, -- code: booked, reminder, cancelled, moved
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
-- What tells of one version of an appointment is told once, and of one closing each client is told once.
CREATE UNIQUE INDEX message_once ON message (appointment, template, version);
CREATE UNIQUE INDEX message_of_closure ON message (closure, client);
CREATE INDEX message_state ON message (state, due);
CREATE INDEX message_client ON message (client);

CREATE TABLE closure (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which closing
    staff {{BLOB}} NOT NULL, -- id: who closed
    made BIGINT NOT NULL, -- time: when
    day BIGINT NOT NULL, -- time: which day is closed
    begins BIGINT NOT NULL, -- time: from when
    ends BIGINT NOT NULL, -- time: till when
    way TEXT, -- code: only this way of meeting
    adviser {{BLOB}}, -- id: only this adviser
    left_out BIGINT NOT NULL -- code: how many appointments are in files that nobody at the desk may touch
);

CREATE TABLE closure_appointment (
    appointment {{BLOB}} NOT NULL PRIMARY KEY, -- id: which fell out
    closure {{BLOB}} NOT NULL, -- id: by which closing
    client {{BLOB}} NOT NULL -- id: whose
);
CREATE INDEX closure_appointment_of ON closure_appointment (closure, client);
