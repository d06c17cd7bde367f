-- What names this store for good, and the counters that must never go back.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO meta (name, value) VALUES ('id', randomblob(16)), ('delivery', 0);

-- Units in which samples came, where it was not the agreed one.
CREATE TABLE unit (
    key  INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- Runs of samples. `signal` is 0 in a block as it landed, which has a section for each of an asset's signals; the
-- blocks of one signal are in order of time and do not overlap. What precedes `bytes` is read without touching them.
DROP TABLE block;

CREATE TABLE block (
    key         INTEGER PRIMARY KEY,
    asset       INTEGER NOT NULL,
    signal      INTEGER NOT NULL,
    count       INTEGER NOT NULL,
    first_seq   INTEGER NOT NULL,
    last_seq    INTEGER NOT NULL,
    first_t     INTEGER NOT NULL,
    last_t      INTEGER NOT NULL,
    first_value REAL NOT NULL,
    last_value  REAL NOT NULL,
    min_t       INTEGER NOT NULL,
    min_value   REAL NOT NULL,
    max_t       INTEGER NOT NULL,
    max_value   REAL NOT NULL,
    sum         REAL NOT NULL,
    checksum    INTEGER NOT NULL,
    bytes       BLOB NOT NULL
) STRICT;

CREATE INDEX block_by_seq ON block (asset, last_seq, first_seq);
CREATE INDEX block_by_time ON block (asset, signal, first_t, last_t);
CREATE INDEX block_landed ON block (asset, count) WHERE signal = 0;

-- What was deleted on purpose, and why.
CREATE TABLE deletion (
    key       INTEGER PRIMARY KEY,
    asset     INTEGER NOT NULL,
    signal    INTEGER NOT NULL,
    count     INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq  INTEGER NOT NULL,
    from_t    INTEGER NOT NULL,
    to_t      INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    reason    TEXT NOT NULL
) STRICT;

CREATE INDEX deletion_by_asset ON deletion (asset, last_seq);
