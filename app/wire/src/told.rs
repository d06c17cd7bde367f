//! What a twin is told of an entry: the same on both sides, or the twins would part.

use twin::{Model, entry::Quality};

use crate::batch::{Entry, What};

/// The entry as the twin takes it in; `None` for bad samples and for events that the model does not answer to.
pub fn told(entry: &Entry, model: &Model) -> Option<twin::Entry> {
    let what = match &entry.what {
        What::Sample { quality: Quality::Bad, .. } => return None,
        What::Sample { signal, value, .. } => twin::What::Sample { signal: *signal, value: *value },
        What::Event { kind, .. } => twin::What::Event { event: model.event(kind)? },
    };
    Some(twin::Entry { t: entry.t, what })
}
