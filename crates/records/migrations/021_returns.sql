-- Returns to those who pay for a programme. Its figures are exact and small ones could say something about somebody, so they are
-- sealed; who was counted is not kept.

CREATE TABLE funder_return (
    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which return
    programme {{BLOB}} NOT NULL, -- id: of which programme
    definition TEXT NOT NULL, -- code: which return it is
    definition_version TEXT NOT NULL, -- code: the version of its definition
    version BIGINT NOT NULL, -- code: row version
    first_day BIGINT NOT NULL, -- time: the first day of its period
    last_day BIGINT NOT NULL, -- time: the last
    recipient TEXT NOT NULL, -- code: who gets it, as the programme's notice names them
    stage TEXT NOT NULL, -- code: proposed, signed or refused
    asked BIGINT NOT NULL, -- time: when it was prepared and signed first
    asked_by {{BLOB}} NOT NULL, -- id: by whom
    decided BIGINT, -- time: when a second person decided
    decided_by {{BLOB}}, -- id: who
    sealed {{BLOB}} NOT NULL -- sealed: its figures, what was amiss, its note on method; under the service's key
);
CREATE UNIQUE INDEX funder_return_once ON funder_return (programme, recipient, first_day) WHERE stage <> 'refused';
