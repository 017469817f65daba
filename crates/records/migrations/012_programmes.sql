-- Programmes, who is on them, what their support costs, and the directory that referrals go by. What lists, places, money and
-- retention need stands in the clear, as ids, days and sums; what was agreed, shown and written stands in sealed entries.

CREATE TABLE programme (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which
    code TEXT NOT NULL UNIQUE, -- code: its name in files
    text TEXT NOT NULL, -- public: what it offers and who may join, word for word
    starts BIGINT NOT NULL, -- time: the first day on which somebody can join
    ends BIGINT, -- time: the last
    places BIGINT, -- code: how many can be on it at a time
    budget BIGINT, -- code: how many pence may be spent on support
    removed BIGINT, -- time: since when nobody can join
    added BIGINT NOT NULL, -- time: when
    version BIGINT NOT NULL -- code: row version
);

-- A placement has the id of its sealed entry.
CREATE TABLE placement (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which placement
    client {{BLOB}} NOT NULL, -- id: whose file
    programme {{BLOB}} NOT NULL, -- id: on which programme
    notice_version TEXT NOT NULL, -- code: the version of its notice that was given
    placed BIGINT NOT NULL, -- time: the day of the agreement
    started BIGINT, -- time: the day of the beginning
    ended BIGINT, -- time: the last day
    version BIGINT NOT NULL -- code: row version
);
CREATE UNIQUE INDEX placement_open ON placement (client, programme) WHERE ended IS NULL;
CREATE INDEX placement_programme ON placement (programme, ended);

-- What support costs: a sum that stays when the file goes, because money that was spent does not come back.
CREATE TABLE spend (
    entry {{BLOB}} NOT NULL PRIMARY KEY, -- id: which piece of support
    client {{BLOB}}, -- id: whose file, while there is one
    programme {{BLOB}} NOT NULL, -- id: out of whose money; zeros for the service's own
    pence BIGINT NOT NULL, -- code: how much
    paid BOOLEAN NOT NULL, -- code: paid, or promised only
    day BIGINT NOT NULL -- time: the day of the support
);
CREATE INDEX spend_programme ON spend (programme, paid);
CREATE INDEX spend_client ON spend (client);

-- After Open Referral UK: organization with its phone, address and service areas.
CREATE TABLE organisation_details (
    organisation {{BLOB}} NOT NULL PRIMARY KEY, -- id: which
    description TEXT NOT NULL, -- public: what it does
    url TEXT NOT NULL, -- public: its website
    email TEXT NOT NULL, -- public: its address for referrals
    phone TEXT NOT NULL, -- public: its number
    address TEXT NOT NULL, -- public: where it is
    areas TEXT NOT NULL, -- public: where it works
    changed BIGINT NOT NULL, -- time: when
    changed_by {{BLOB}} NOT NULL, -- id: by whom
    version BIGINT NOT NULL -- code: row version
);
