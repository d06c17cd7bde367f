-- What is to be said of data beside the data. Times are the asset's, but `noticed_at`, which is the server's.
CREATE TABLE data_quality_event (
    key        INTEGER PRIMARY KEY,
    asset      INTEGER NOT NULL,
    signal     INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    from_t     INTEGER NOT NULL,
    to_t       INTEGER NOT NULL,
    is_open    INTEGER NOT NULL,
    count      INTEGER NOT NULL,
    value      REAL,
    noticed_at INTEGER NOT NULL,
    UNIQUE (asset, signal, kind, from_t)
) STRICT;

-- The contracts of the whole plant, each time that they changed; samples name the number.
CREATE TABLE contract_revision (
    number INTEGER PRIMARY KEY,
    since  INTEGER NOT NULL,
    body   TEXT NOT NULL
) STRICT;

-- What was done with refused items: by whom, by which rule, with what outcome (NULL until it is known).
CREATE TABLE quarantine_action (
    key       INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    action    TEXT NOT NULL,
    rule      TEXT NOT NULL,
    items     INTEGER NOT NULL,
    accepted  INTEGER,
    duplicate INTEGER,
    refused   INTEGER
) STRICT;

-- What a refused item said, as far as it could be read; `reading`, `event`, or empty where it was neither.
ALTER TABLE rejection ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE rejection ADD COLUMN t INTEGER;
ALTER TABLE rejection ADD COLUMN value REAL;
ALTER TABLE rejection ADD COLUMN unit TEXT;
ALTER TABLE rejection ADD COLUMN quality INTEGER NOT NULL DEFAULT 0;
-- `open`, `readmitted` or `dismissed`; the last action that touched it.
ALTER TABLE rejection ADD COLUMN state TEXT NOT NULL DEFAULT 'open';
ALTER TABLE rejection ADD COLUMN action INTEGER REFERENCES quarantine_action (key);
CREATE INDEX rejection_by_action ON rejection (action) WHERE action IS NOT NULL;
