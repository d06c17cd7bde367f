-- What the twin of an asset estimated of a parameter when an hour of the asset's time began; what was told first stays.
CREATE TABLE estimate (
    asset INTEGER NOT NULL,
    name  TEXT NOT NULL,
    hour  INTEGER NOT NULL,
    t     INTEGER NOT NULL,
    low   REAL NOT NULL,
    mean  REAL NOT NULL,
    high  REAL NOT NULL,
    PRIMARY KEY (asset, name, hour)
) STRICT, WITHOUT ROWID;
