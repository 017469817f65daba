-- Rooms, whose time is taken as people's is, and which appointments were booked together.

CREATE TABLE room (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which room
    name TEXT NOT NULL, -- public: what it is called, as clients are told it
    added BIGINT NOT NULL, -- time: when
    added_by {{BLOB}} NOT NULL, -- id: by whom
    closed BIGINT -- time: since when nothing is booked in it
);

ALTER TABLE appointment RENAME TO appointment_before;
CREATE TABLE appointment (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which appointment
    client {{BLOB}} NOT NULL, -- id: whose file
    adviser {{BLOB}} NOT NULL, -- id: with whom
    room {{BLOB}}, -- id: in which room; none where it needs none
    series {{BLOB}}, -- id: the first of those that were booked together; none for one alone
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
INSERT INTO appointment (id, client, adviser, starts, ends, way, state, written, author, version, sealed, why) SELECT id, client, adviser, starts, ends, way, state, written, author, version, sealed, why FROM appointment_before;
DROP TABLE appointment_before;
CREATE INDEX appointment_starts ON appointment (starts);
CREATE INDEX appointment_adviser ON appointment (adviser, starts);
CREATE INDEX appointment_client ON appointment (client, starts);
CREATE INDEX appointment_series ON appointment (series);
