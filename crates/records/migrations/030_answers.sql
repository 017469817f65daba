-- What recipients answered when they were told.

ALTER TABLE to_tell RENAME TO to_tell_before;
CREATE TABLE to_tell (
    disclosure {{BLOB}} NOT NULL, -- id: what was shared, by its reference
    kind TEXT NOT NULL, -- code: withdrawn, rectified or erased
    noted BIGINT NOT NULL, -- time: since when it is to be told
    client {{BLOB}}, -- id: whose file, while there is one
    organisation {{BLOB}} NOT NULL, -- id: whom to tell
    fields TEXT NOT NULL, -- code: which fields it is about
    told BIGINT, -- time: when they were told
    told_by {{BLOB}}, -- id: by whom
    answered BIGINT, -- time: when they answered
    answered_by {{BLOB}}, -- id: who took the answer
    answer TEXT, -- code: done, not-held or cannot; none of an answer that was taken before it was asked for
    PRIMARY KEY (disclosure, kind, noted)
);
INSERT INTO to_tell (disclosure, kind, noted, client, organisation, fields, told, told_by, answered, answered_by) SELECT disclosure, kind, noted, client, organisation, fields, told, told_by, answered, answered_by FROM to_tell_before;
DROP TABLE to_tell_before;
CREATE INDEX to_tell_open ON to_tell (answered, noted);
CREATE INDEX to_tell_client ON to_tell (client);
