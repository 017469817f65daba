-- The hashes that an entry brings stand in its own row, one after another: one row an entry instead of three.

ALTER TABLE audit_entry RENAME TO audit_entry_before;
DROP INDEX audit_entry_subject;
DROP INDEX audit_entry_actor;

CREATE TABLE audit_entry (
    seq {{NUMBER}} NOT NULL PRIMARY KEY, -- code: its place, from 0
    id {{BLOB}} NOT NULL UNIQUE, -- id: which entry
    at BIGINT NOT NULL, -- time: when
    actor {{BLOB}}, -- id: who
    subject {{BLOB}}, -- id: whose file
    hashes {{BLOB}} NOT NULL, -- log: SHA-256 of the entry, then of each subtree that it completes, the smallest first
    leaf {{BLOB}} NOT NULL -- log: the entry itself, which the tree is over
);

-- A walk over the stored hashes in the order of their places. Behind the hash of a subtree comes the one of the larger subtree
-- that it completes, if it was a right half, or else that of the next entry. What is missing stays missing.
INSERT INTO audit_entry (seq, id, at, actor, subject, hashes, leaf)
WITH RECURSIVE walk (place, seq, level, hashes) AS (
    SELECT CAST(0 AS BIGINT), CAST(0 AS BIGINT), 0, COALESCE((SELECT hash FROM audit_hash WHERE place = 0), CAST('' AS {{BLOB}}))
    UNION ALL
    SELECT
        w.place + 1,
        w.seq + 1 - ((w.seq >> w.level) & 1),
        CAST((w.level + 1) * ((w.seq >> w.level) & 1) AS INTEGER),
        CASE (w.seq >> w.level) & 1
            WHEN 1 THEN CAST(w.hashes || COALESCE(h.hash, CAST('' AS {{BLOB}})) AS {{BLOB}})
            ELSE COALESCE(h.hash, CAST('' AS {{BLOB}}))
        END
    FROM walk w LEFT JOIN audit_hash h ON h.place = w.place + 1
    WHERE w.seq < (SELECT size FROM audit_head)
)
SELECT e.seq, e.id, e.at, e.actor, e.subject, COALESCE(w.hashes, CAST('' AS {{BLOB}})), e.leaf
FROM audit_entry_before e LEFT JOIN walk w ON w.seq = e.seq AND (w.seq >> w.level) & 1 = 0
ORDER BY e.seq;

DROP TABLE audit_entry_before;
DROP TABLE audit_hash;
CREATE INDEX audit_entry_subject ON audit_entry (subject, seq);
CREATE INDEX audit_entry_actor ON audit_entry (actor, seq);
