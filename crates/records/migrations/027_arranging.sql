-- How and where somebody is met can change after it was booked; a single room can be closed.

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
    said BIGINT NOT NULL, -- code: the version that says what it is about and where
    sealed {{BLOB}} NOT NULL, -- sealed: what it is about and where
    why {{BLOB}} -- sealed: why it was called off or missed
);
INSERT INTO appointment (id, client, adviser, room, series, starts, ends, way, state, written, author, version, said, sealed, why) SELECT id, client, adviser, room, series, starts, ends, way, state, written, author, version, 1, sealed, why FROM appointment_before;
DROP TABLE appointment_before;
CREATE INDEX appointment_starts ON appointment (starts);
CREATE INDEX appointment_adviser ON appointment (adviser, starts);
CREATE INDEX appointment_client ON appointment (client, starts);
CREATE INDEX appointment_series ON appointment (series);

ALTER TABLE closure RENAME TO closure_before;
CREATE TABLE closure (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which closing
    staff {{BLOB}} NOT NULL, -- id: who closed
    made BIGINT NOT NULL, -- time: when
    day BIGINT NOT NULL, -- time: which day is closed
    begins BIGINT NOT NULL, -- time: from when
    ends BIGINT NOT NULL, -- time: till when; when it began, if it was opened again
    way TEXT, -- code: only this way of meeting
    adviser {{BLOB}}, -- id: only this adviser
    room {{BLOB}}, -- id: only this room
    left_out BIGINT NOT NULL -- code: how many appointments are in files that nobody at the desk may touch
);
INSERT INTO closure (id, staff, made, day, begins, ends, way, adviser, left_out) SELECT id, staff, made, day, begins, ends, way, adviser, left_out FROM closure_before;
DROP TABLE closure_before;
