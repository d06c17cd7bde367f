//! How many files and sockets the process may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises what the process may open to what it may raise it to, and says how many that is: shells allow 1,024 of their
/// own accord, which is fewer than there are connections.
pub fn open_as_many_as_allowed() -> Option<u64> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current != maximum
        && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })
    {
        tracing::warn!(%error, "the process may open no more than {current:?} files");
        return current;
    }
    maximum
}
