-- The data page counts what is in quarantine by state and reason.
CREATE INDEX rejection_by_state ON rejection (state, reason);
