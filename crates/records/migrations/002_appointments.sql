-- Appointments: when and with whom in the clear, what they are about sealed. Ids name nobody.

CREATE TABLE appointment (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which appointment
    client {{BLOB}} NOT NULL, -- id: whose file
    adviser {{BLOB}} NOT NULL, -- id: with whom
    starts BIGINT NOT NULL, -- time: when it begins
    ends BIGINT NOT NULL, -- time: when it ends
    way TEXT NOT NULL, -- code: office, phone, video, elsewhere
    state TEXT NOT NULL, -- code: booked, attended, did-not-attend...
    written BIGINT NOT NULL, -- time: when this version was written
    author {{BLOB}} NOT NULL, -- id: who wrote this version
    version BIGINT NOT NULL, -- code: row version
    sealed {{BLOB}} NOT NULL, -- sealed: what it is about and where, as it was booked
    why {{BLOB}} -- sealed: why it was called off or missed
);
CREATE INDEX appointment_starts ON appointment (starts);
CREATE INDEX appointment_adviser ON appointment (adviser, starts);
CREATE INDEX appointment_client ON appointment (client, starts);

CREATE TABLE appointment_unit (
    holder {{BLOB}} NOT NULL, -- id: whose time, an adviser's or a client's
    unit BIGINT NOT NULL, -- time: which five minutes, counted from 1970
    appointment {{BLOB}} NOT NULL, -- id: what takes it
    PRIMARY KEY (holder, unit)
);
CREATE INDEX appointment_unit_of ON appointment_unit (appointment);

CREATE TABLE calendar_address (
    staff {{BLOB}} NOT NULL PRIMARY KEY, -- id: whose diary
    secret {{BLOB}} NOT NULL UNIQUE, -- id: SHA-256 of the random part of the address
    made BIGINT NOT NULL -- time: when
);
