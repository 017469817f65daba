-- Figures. What is counted stands in memory only; here stand the secret that rounds, views that somebody saved, and packs: tables
-- that passed the gate, so that nobody can be found in them. Who stood in which group is sealed, and loses whoever is erased.

CREATE TABLE figure_secret (
    name TEXT NOT NULL PRIMARY KEY, -- code: which secret
    sealed {{BLOB}} NOT NULL -- sealed: 32 random bytes that round every figure
);

CREATE TABLE figure_view (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which view
    staff {{BLOB}} NOT NULL, -- id: who saved it
    saved BIGINT NOT NULL, -- time: when
    question TEXT NOT NULL, -- code: what is counted, by what, when
    sealed {{BLOB}} NOT NULL -- sealed: what it is called
);

CREATE TABLE figure_pack (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which pack
    story TEXT NOT NULL, -- code: what it tells
    period TEXT NOT NULL, -- code: the first and the last quarter
    stage TEXT NOT NULL, -- code: proposed, published or refused
    asked BIGINT NOT NULL, -- time: when it was prepared
    asked_by {{BLOB}} NOT NULL, -- id: who prepared and signed it
    decided BIGINT, -- time: when a second person decided
    decided_by {{BLOB}}, -- id: who
    content TEXT NOT NULL, -- public: tables, notes and extract as they are published: anonymous, checked
    version BIGINT NOT NULL, -- code: how often the groups were sealed anew
    groups {{BLOB}} NOT NULL -- sealed: which people stood in which of its groups, by drawn numbers
);
CREATE INDEX figure_pack_period ON figure_pack (period);
INSERT INTO counter (name, value) VALUES ('figure-pack', 0);

CREATE TABLE figure_population (
    name TEXT NOT NULL PRIMARY KEY, -- code: which figures
    loaded BIGINT NOT NULL, -- time: when they were put in
    loaded_by {{BLOB}} NOT NULL, -- id: by whom
    text TEXT NOT NULL -- public: published figures of the people who live here
);
