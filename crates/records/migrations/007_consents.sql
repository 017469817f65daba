-- Notices given, consents, sharing. What decisions read at the moment of acting stands in the clear, as ids, codes and times;
-- what was said, signed and given stands in sealed entries. Names here are those of organisations, never of people.

CREATE TABLE notice_text (
    digest TEXT NOT NULL PRIMARY KEY, -- code: SHA-256 of the words
    notice TEXT NOT NULL, -- code: the notice's id
    version TEXT NOT NULL, -- code: its version
    text TEXT NOT NULL, -- public: the words as people read or hear them
    kept BIGINT NOT NULL -- time: since when
);

CREATE TABLE notice_held (
    client {{BLOB}} NOT NULL, -- id: to whom
    notice TEXT NOT NULL, -- code: which notice beside the service's own: a programme's
    version TEXT NOT NULL, -- code: its version
    given BIGINT NOT NULL, -- time: when
    PRIMARY KEY (client, notice)
);

CREATE TABLE consent (
    client {{BLOB}} NOT NULL, -- id: whose
    purpose TEXT NOT NULL, -- code: what for
    organisation {{BLOB}} NOT NULL, -- id: who may get data; zeros for the service's own use
    kind TEXT NOT NULL, -- code: use or sharing
    entry {{BLOB}} NOT NULL, -- id: the record of what was said last
    state TEXT NOT NULL, -- code: given, withdrawn...
    until BIGINT, -- time: the last day on which it holds
    review BIGINT NOT NULL, -- time: the day on which to ask again
    fields TEXT NOT NULL, -- code: which fields may be given
    changed BIGINT NOT NULL, -- time: when it came to stand so
    version BIGINT NOT NULL, -- code: row version
    PRIMARY KEY (client, purpose, organisation)
);

CREATE TABLE consent_event (
    entry {{BLOB}} NOT NULL, -- id: which record
    client {{BLOB}} NOT NULL, -- id: whose
    state TEXT NOT NULL, -- code: what it became
    at BIGINT NOT NULL, -- time: when
    way TEXT NOT NULL, -- code: how the client said so
    staff {{BLOB}} NOT NULL, -- id: who wrote it down
    PRIMARY KEY (entry, at, state)
);
CREATE INDEX consent_event_client ON consent_event (client);

-- Read by the retention sweep: what lost its last ground, and by when it goes.
CREATE TABLE scheduled_erasure (
    client {{BLOB}} NOT NULL, -- id: whose file
    category TEXT NOT NULL, -- code: which category of the notice
    day BIGINT NOT NULL, -- time: by this day
    reason TEXT NOT NULL, -- code: consent-withdrawn
    noted BIGINT NOT NULL, -- time: since when
    PRIMARY KEY (client, category)
);
CREATE INDEX scheduled_erasure_day ON scheduled_erasure (day);

CREATE TABLE organisation (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which
    named TEXT NOT NULL, -- code: as which recipient of the notice
    name TEXT NOT NULL, -- public: what the organisation is called
    added BIGINT NOT NULL, -- time: when
    added_by {{BLOB}} NOT NULL -- id: by whom
);

CREATE TABLE organisation_key (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which key
    organisation {{BLOB}} NOT NULL, -- id: whose
    address TEXT NOT NULL, -- public: the age recipient, a public key
    added BIGINT NOT NULL, -- time: when
    added_by {{BLOB}} NOT NULL, -- id: by whom
    first_at BIGINT, -- time: first confirmation
    first_by {{BLOB}}, -- id: by whom
    second_at BIGINT, -- time: second confirmation
    second_by {{BLOB}}, -- id: by whom, somebody else
    replaced BIGINT -- time: since when another key has its place
);
CREATE UNIQUE INDEX organisation_key_now ON organisation_key (organisation) WHERE replaced IS NULL;

CREATE TABLE disclosure (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which; the reference that the recipient is told
    client {{BLOB}}, -- id: whose file, while there is one
    organisation {{BLOB}} NOT NULL, -- id: to whom
    named TEXT NOT NULL, -- code: as which recipient of the notice
    purpose TEXT NOT NULL, -- code: what for
    ground TEXT NOT NULL, -- code: consent or law
    consent {{BLOB}}, -- id: the record of the consent
    fields TEXT NOT NULL, -- code: which fields
    versions TEXT NOT NULL, -- code: versions of the pages that were shown
    stage TEXT NOT NULL, -- code: asked, ready, made, blocked...
    why TEXT, -- code: what stopped it
    asked BIGINT NOT NULL, -- time: when somebody asked
    asked_by {{BLOB}} NOT NULL, -- id: who
    decided BIGINT, -- time: when a second person decided
    decided_by {{BLOB}}, -- id: who
    review BIGINT, -- time: the last day of the approval
    recipient_key {{BLOB}}, -- id: the key that it is encrypted to
    made BIGINT -- time: when it left
);
CREATE INDEX disclosure_client ON disclosure (client, asked);
CREATE INDEX disclosure_stage ON disclosure (stage, asked);

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
    PRIMARY KEY (disclosure, kind, noted)
);
CREATE INDEX to_tell_open ON to_tell (answered, noted);
CREATE INDEX to_tell_client ON to_tell (client);
