-- Names as they stand in the plant; a model whose signals change their order keeps its history.
CREATE TABLE asset (
    key INTEGER PRIMARY KEY,
    id  TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE signal (
    key   INTEGER PRIMARY KEY,
    asset INTEGER NOT NULL REFERENCES asset (key),
    name  TEXT NOT NULL,
    UNIQUE (asset, name)
) STRICT;

-- Where entries came from: a connector and who spoke to it.
CREATE TABLE origin (
    key       INTEGER PRIMARY KEY,
    connector TEXT NOT NULL,
    client    TEXT NOT NULL,
    first_at  INTEGER NOT NULL,
    UNIQUE (connector, client)
) STRICT;

-- Times are microseconds UTC. `seq` is dense per asset and shared with `event`.
CREATE TABLE sample (
    asset       INTEGER NOT NULL,
    signal      INTEGER NOT NULL,
    t           INTEGER NOT NULL,
    revision    INTEGER NOT NULL DEFAULT 0,
    seq         INTEGER NOT NULL,
    value       REAL NOT NULL,
    quality     INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    origin      INTEGER NOT NULL,
    contract    INTEGER NOT NULL,
    PRIMARY KEY (asset, signal, t, revision)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX sample_by_seq ON sample (asset, seq);

CREATE TABLE event (
    asset       INTEGER NOT NULL,
    id          TEXT NOT NULL,
    seq         INTEGER NOT NULL,
    t           INTEGER NOT NULL,
    until       INTEGER,
    kind        TEXT NOT NULL,
    note        TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    origin      INTEGER NOT NULL,
    contract    INTEGER NOT NULL,
    PRIMARY KEY (asset, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX event_by_seq ON event (asset, seq);

-- What could not be taken in, as it arrived.
CREATE TABLE rejection (
    key         INTEGER PRIMARY KEY,
    asset       TEXT NOT NULL,
    signal      TEXT NOT NULL,
    reason      TEXT NOT NULL,
    detail      TEXT NOT NULL,
    raw         TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    origin      INTEGER NOT NULL
) STRICT;

-- How many were refused, kept also when old rejections are dropped.
CREATE TABLE rejection_count (
    reason TEXT PRIMARY KEY,
    count  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoint (
    asset          INTEGER NOT NULL,
    seq            INTEGER NOT NULL,
    model_hash     BLOB NOT NULL,
    kernel_version INTEGER NOT NULL,
    bytes          BLOB NOT NULL,
    hash           INTEGER NOT NULL,
    PRIMARY KEY (asset, seq)
) STRICT;

-- Runs of samples, compressed and checksummed; empty as yet.
CREATE TABLE block (
    asset     INTEGER NOT NULL,
    signal    INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq  INTEGER NOT NULL,
    first_t   INTEGER NOT NULL,
    last_t    INTEGER NOT NULL,
    bytes     BLOB NOT NULL,
    checksum  BLOB NOT NULL,
    PRIMARY KEY (asset, signal, first_seq)
) STRICT;

-- Where the clock of a played-back asset stands; it stands still while nobody runs it.
CREATE TABLE clock (
    asset   INTEGER PRIMARY KEY,
    start_t INTEGER NOT NULL,
    asset_t INTEGER NOT NULL
) STRICT;
