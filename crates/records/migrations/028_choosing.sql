-- The address by which a client chooses another time after an appointment was called off.

CREATE TABLE choosing (
    appointment {{BLOB}} NOT NULL PRIMARY KEY, -- id: what was called off
    client {{BLOB}} NOT NULL, -- id: whose file
    secret {{BLOB}} NOT NULL UNIQUE, -- id: SHA-256 of the random part of the address
    until BIGINT NOT NULL, -- time: until when it can be used
    chosen {{BLOB}} -- id: the appointment that was booked by it; none until then
);
CREATE INDEX choosing_client ON choosing (client);
