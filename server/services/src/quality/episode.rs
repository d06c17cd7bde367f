//! Many samples that are remarkable in the same way, as one stretch of time.

use twin::{Span, Timestamp};

use super::{EventKind, QualityEvent};

/// Samples without the remarkable thing after which an episode may be over: so there are at least so many between two.
const QUIET: u32 = 8;
/// How often an episode that goes on growing is told, in asset time.
const TOLD_EVERY: Span = Span(30_000_000);

#[derive(Debug, Clone, PartialEq)]
pub struct Episode {
    pub kind: EventKind,
    pub from: Timestamp,
    pub to: Timestamp,
    pub count: u64,
    pub value: f64,
    /// The asset's clock when it last grew.
    grew_at: Timestamp,
    /// Samples since then.
    quiet: u32,
    /// The asset's clock when it was last told, and whether it has grown since.
    told_at: Timestamp,
    is_told: bool,
}

/// The open episodes of a signal: at most one a kind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Episodes(Vec<Episode>);

/// What one sample adds to an episode.
#[derive(Debug, Clone, Copy)]
pub struct Growth {
    pub kind: EventKind,
    pub from: Timestamp,
    pub to: Timestamp,
    pub arrived: Timestamp,
}

impl Episodes {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Lets the open episode of a kind grow, or opens one with `value` and tells it; `enter` says what it comes to.
    pub fn grow(&mut self, growth: Growth, value: f64, told: &mut Vec<QualityEvent>, enter: impl FnOnce(&mut Episode)) {
        let Growth { kind, from, to, arrived } = growth;
        if let Some(episode) = self.0.iter_mut().find(|episode| episode.kind == kind) {
            episode.to = episode.to.max(to);
            episode.count += 1;
            (episode.grew_at, episode.quiet, episode.is_told) = (arrived, 0, false);
            return enter(episode);
        }
        let mut episode =
            Episode { kind, from, to, count: 1, value, grew_at: arrived, quiet: 0, told_at: arrived, is_told: true };
        enter(&mut episode);
        told.push(episode.event(true));
        self.0.push(episode);
    }

    pub fn has(&self, kind: EventKind) -> bool {
        self.0.iter().any(|episode| episode.kind == kind)
    }

    /// Ends the open episode of a kind, where there is one; `to` is its end where it is not known yet.
    pub fn end(&mut self, kind: EventKind, to: Option<Timestamp>, told: &mut Vec<QualityEvent>) {
        if let Some(place) = self.0.iter().position(|episode| episode.kind == kind) {
            let mut episode = self.0.swap_remove(place);
            episode.to = to.unwrap_or(episode.to);
            told.push(episode.event(false));
        }
    }

    /// Counts a sample that comes after `newest` was, and ends what is over.
    pub fn pass(&mut self, newest: Timestamp, arrived: Timestamp, linger: Span, told: &mut Vec<QualityEvent>) {
        self.0.retain_mut(|episode| {
            episode.quiet = episode.quiet.saturating_add(1);
            let reached = if episode.kind == EventKind::Late { arrived } else { newest };
            let is_over = episode.ends_itself() && episode.quiet > QUIET && reached > episode.to + linger;
            if is_over {
                told.push(episode.event(false));
            }
            !is_over
        });
    }

    /// Ends what has not grown for long, and tells what grew since the last tick.
    pub fn tick(&mut self, now: Timestamp, linger: Span, told: &mut Vec<QualityEvent>) {
        self.0.retain_mut(|episode| {
            let is_over = episode.ends_itself() && now > episode.grew_at + linger;
            if is_over || (!episode.is_told && now - episode.told_at >= TOLD_EVERY) {
                told.push(episode.event(!is_over));
                (episode.told_at, episode.is_told) = (now, true);
            }
            !is_over
        });
    }
}

impl Episode {
    /// Whether it is over once nothing is added to it; silence and stuck values end with a sample that says so.
    fn ends_itself(&self) -> bool {
        !matches!(self.kind, EventKind::Silence | EventKind::Stuck)
    }

    fn event(&self, is_open: bool) -> QualityEvent {
        let Episode { kind, from, to, count, value, .. } = *self;
        QualityEvent { asset: 0, signal: 0, kind, from, to, is_open, count, value }
    }
}
