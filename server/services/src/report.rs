//! Whether the data can be trusted: sources, gaps, quarantine, lineage, contracts, the store, gathered at one moment.

mod lineage;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, PoisonError};

use twin::{Span, Timestamp};

use crate::{
    Services, StoreError,
    doors::DoorState,
    ingest::Origin,
    quality::{EventKind, traffic::Source},
    store::{
        Damage,
        extent::{Deleted, Extent, Place},
        quality::{Openness, QualityQuery, QualityRow},
        quarantine::{Action, RejectionQuery, RejectionRow},
    },
};
pub use lineage::{Asked, Origins, Traced, lineage};

/// Open events that are told; more than that, and the number matters more than each.
const OPEN_EVENTS: usize = 200;
/// Events that are over, and refused items, on one page.
const PAGE: usize = 25;
const ACTIONS: usize = 20;
/// Sources that are told, those heard last first.
const SOURCES: usize = 200;
/// What the store holds is measured at most so often.
const MEASURE_EVERY: Span = Span(30_000_000);

/// What of all there is to tell.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Question {
    /// Of this asset alone, by id; an item may have been refused for naming one that there is not.
    pub asset: Option<String>,
    pub events: EventQuestion,
    /// Its asset is `asset`.
    pub refused: RejectionQuery,
    /// The entry whose lineage is asked for.
    pub seq: Option<u64>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct EventQuestion {
    pub kind: Option<EventKind>,
    /// Of those that are over: only smaller keys.
    pub before: Option<i64>,
}

/// All of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub now: Timestamp,
    pub sources: Vec<Heard>,
    /// Sources that are not told of, for there are too many.
    pub untold: usize,
    pub revision: Option<(i64, Timestamp)>,
    pub refused: Refused,
    pub events: Events,
    pub traced: Traced,
    pub extent: Extent,
    pub deletions: Vec<Deleted>,
    pub damages: Vec<(Place, Damage)>,
    /// Whether the store's last commit failed.
    pub is_failing: bool,
    pub doors: Vec<DoorState>,
}

/// A source, and how fast it sends.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    pub origin: Origin,
    pub source: Source,
    /// Items a second over the last minute.
    pub rate: f64,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Events {
    pub open: Vec<QualityRow>,
    pub over: Vec<QualityRow>,
    /// Where the next page of those that are over begins.
    pub next: Option<i64>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Refused {
    /// State, reason and how many.
    pub counts: Vec<(String, String, u64)>,
    pub rows: Vec<RejectionRow>,
    pub next: Option<i64>,
    pub actions: Vec<Action>,
}

/// What the store holds, kept for a while: to measure it takes longer the more there is.
#[derive(Debug, Default)]
pub struct Extents(Mutex<Option<(Timestamp, Extent)>>);

impl Extents {
    fn lately(&self, now: Timestamp) -> Option<Extent> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = kept.as_ref().filter(|(at, _)| (0..MEASURE_EVERY.0).contains(&(now - *at).0));
        fresh.map(|(_, extent)| extent.clone())
    }

    fn keep(&self, now: Timestamp, extent: &Extent) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, extent.clone()));
    }
}

/// Gathers what is asked for at the wall clock's `now`.
pub async fn gather(services: &Services, question: Question, now: Timestamp) -> Result<Report, StoreError> {
    let (sources, untold) = sources(services, now);
    let asset = question.asset.as_deref().and_then(|asset| services.catalog.number(asset));
    let is_of_the_plant = question.asset.is_none() || asset.is_some();
    let (query, refused) = (question.events, question.refused);
    let (events, refused, revision, deletions, damages) = {
        let damages = services.store.damages();
        let read = move |reader: &mut crate::store::Reader| {
            let events = if is_of_the_plant { events(reader, asset, query)? } else { Events::default() };
            let damages = damages.into_iter().map(|damage| (reader.place_of(&damage.head), damage)).collect();
            let revision = reader.contract_revisions()?.first().copied();
            Ok((events, self::refused(reader, refused)?, revision, reader.deletions()?, damages))
        };
        services.store.ask(read).await?
    };
    let traced = lineage(services, asset, question.seq).await?;
    let extent = extent(services, now).await?;
    let (is_failing, doors) = (services.store.is_failing(), services.doors.look());
    Ok(Report {
        now,
        sources,
        untold,
        revision,
        refused,
        events,
        traced,
        extent,
        deletions,
        damages,
        is_failing,
        doors,
    })
}

fn sources(services: &Services, now: Timestamp) -> (Vec<Heard>, usize) {
    let traffic = services.store.traffic();
    let heard = |(origin, source): (&Origin, &Source)| Heard {
        origin: origin.clone(),
        rate: source.rate(now),
        source: source.clone(),
    };
    let mut sources: Vec<Heard> = traffic.sources().map(heard).collect();
    let untold = sources.len().saturating_sub(SOURCES) + traffic.forgotten as usize;
    if sources.len() > SOURCES {
        sources.sort_by_key(|heard| std::cmp::Reverse(heard.source.last_at));
        sources.truncate(SOURCES);
        sources.sort_by(|one, other| one.origin.cmp(&other.origin));
    }
    (sources, untold)
}

fn events(
    reader: &mut crate::store::Reader,
    asset: Option<usize>,
    question: EventQuestion,
) -> Result<Events, StoreError> {
    let EventQuestion { kind, before } = question;
    let open = QualityQuery { asset, kind, state: Some(Openness::Open), limit: OPEN_EVENTS, ..QualityQuery::default() };
    let over = QualityQuery { state: Some(Openness::Over), before, limit: PAGE, ..open.clone() };
    let (open, over) = (reader.quality_events(&open)?, reader.quality_events(&over)?);
    let next = (over.len() == PAGE).then(|| over.last().map(|row| row.key)).flatten();
    Ok(Events { open, over, next })
}

fn refused(reader: &mut crate::store::Reader, query: RejectionQuery) -> Result<Refused, StoreError> {
    let rows = reader.rejections(&RejectionQuery { limit: PAGE, ..query })?;
    let next = (rows.len() == PAGE).then(|| rows.last().map(|row| row.key)).flatten();
    Ok(Refused { counts: reader.rejection_states()?, rows, next, actions: reader.quarantine_actions(ACTIONS)? })
}

async fn extent(services: &Services, now: Timestamp) -> Result<Extent, StoreError> {
    if let Some(extent) = services.extents.lately(now) {
        return Ok(extent);
    }
    let extent = services.store.ask(|reader| reader.extent()).await?;
    services.extents.keep(now, &extent);
    Ok(extent)
}
