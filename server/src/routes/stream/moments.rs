//! Where assets stand, read and encoded once for all who ask in one moment.

use std::sync::Arc;

use bytes::Bytes;
use services::{Services, StoreError, hub::Position, store::Found};
use tokio::sync::Mutex;
use wire::ServerFrame;

use super::message;

/// A client that is further behind is sent where things stand instead of what it missed.
const LONGEST_RESUME: u64 = 20_000;
const STRIDE: usize = 4_096;
/// Answers to clients that went away at different entries, kept for those who went away at the same.
const MOST_RESUMES: usize = 4;
/// Larger answers are not kept.
const MOST_BYTES: usize = 256 * 1024;
/// Frames since an answer was made that are still sent after it one by one.
const MOST_SINCE: u64 = 16;

/// What is owed to whoever comes now, by asset number.
#[derive(Debug)]
pub struct Moments {
    assets: Box<[Mutex<OfAsset>]>,
}

#[derive(Debug, Default)]
struct OfAsset {
    snapshot: Option<Moment>,
    resumes: Vec<(u64, Moment)>,
    checkpoint: Option<Moment>,
}

/// Frames that bring a client to entry `seq`; what happened since is heard from `position` on.
#[derive(Debug, Clone)]
pub struct Moment {
    pub seq: u64,
    pub position: Position,
    pub frames: Arc<[Bytes]>,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Nothing {
    Unread(StoreError),
    /// The server is shutting down.
    Ending,
}

impl From<StoreError> for Nothing {
    fn from(error: StoreError) -> Nothing {
        Nothing::Unread(error)
    }
}

impl Moments {
    pub fn new(assets: usize) -> Moments {
        Moments { assets: (0..assets).map(|_| Mutex::default()).collect() }
    }

    /// Where an asset stands, and its twin. The caller listens to the asset already: nothing is missed in between.
    pub async fn snapshot(&self, services: &Services, asset: usize) -> Result<Moment, Nothing> {
        let asked_at = services.hub.end(asset);
        let mut of_asset = self.assets[asset].lock().await;
        // Read since the question was asked: as good as one of its own.
        if let Some(moment) = &of_asset.snapshot
            && moment.position >= asked_at
            && moment.is_near(services, asset)
        {
            return Ok(moment.clone());
        }
        let position = services.hub.end(asset);
        let Found { seq, latest, events } = services.standing(asset, (services.clock)()).await?;
        let clock = services.clocks.get(asset);
        let id = services.catalog.assets()[asset].id.clone();
        let snapshot = message(&ServerFrame::Snapshot { asset: id, seq, clock, latest, events });
        let checkpoint = services.twins.current(asset).await.ok_or(Nothing::Ending)?;
        let moment = Moment { seq, position, frames: [snapshot, checkpoint.frame.clone()].into() };
        // A twin that is behind has its state asked for again.
        of_asset.snapshot = (checkpoint.seq >= seq).then(|| moment.clone());
        of_asset.checkpoint = Some(Moment { seq: checkpoint.seq, position, frames: [checkpoint.frame].into() });
        Ok(moment)
    }

    /// The entries after seq `after`; `None` where they are too many, or not all there.
    pub async fn resume(&self, services: &Services, asset: usize, after: u64) -> Result<Option<Moment>, Nothing> {
        let mut of_asset = self.assets[asset].lock().await;
        of_asset.resumes.retain(|(_, moment)| moment.is_near(services, asset));
        if let Some((_, moment)) = of_asset.resumes.iter().find(|(of, _)| *of == after) {
            return Ok(Some(moment.clone()));
        }
        if let Some(position) = services.hub.after(asset, after) {
            let moment = Moment { seq: after, position, frames: [].into() };
            if moment.is_near(services, asset) {
                return Ok(Some(moment));
            }
        }
        let position = services.hub.end(asset);
        let Some((seq, frames)) = entries(services, asset, after).await? else { return Ok(None) };
        let moment = Moment { seq, position, frames: frames.into() };
        if moment.frames.iter().map(Bytes::len).sum::<usize>() <= MOST_BYTES {
            if of_asset.resumes.len() == MOST_RESUMES {
                of_asset.resumes.remove(0);
            }
            of_asset.resumes.push((after, moment.clone()));
        }
        Ok(Some(moment))
    }

    /// A state of the asset's twin that is not old.
    pub async fn checkpoint(&self, services: &Services, asset: usize) -> Result<Bytes, Nothing> {
        let mut of_asset = self.assets[asset].lock().await;
        if let Some(moment) = &of_asset.checkpoint
            && moment.is_near(services, asset)
        {
            return Ok(moment.frames[0].clone());
        }
        let position = services.hub.end(asset);
        let checkpoint = services.twins.current(asset).await.ok_or(Nothing::Ending)?;
        let frame = checkpoint.frame.clone();
        of_asset.checkpoint = Some(Moment { seq: checkpoint.seq, position, frames: [checkpoint.frame].into() });
        Ok(frame)
    }
}

impl Moment {
    /// Whether what happened since can be sent after it frame by frame.
    fn is_near(&self, services: &Services, asset: usize) -> bool {
        services.hub.since(asset, self.position).is_some_and(|frames| frames <= MOST_SINCE)
    }
}

/// The frames of the entries after seq `after`, and the last of these; `None` where they are too many or have a hole.
async fn entries(services: &Services, asset: usize, after: u64) -> Result<Option<(u64, Vec<Bytes>)>, StoreError> {
    let (standing, _) = services.store.stand(asset);
    if after > standing || standing - after > LONGEST_RESUME {
        return Ok(None);
    }
    let (mut seq, mut frames) = (after, Vec::new());
    while seq < standing {
        let batch = services.store.entries(asset, seq, STRIDE).await?;
        if batch.entries.is_empty() || batch.first_seq != seq + 1 {
            // Not kept any more, or lost: only where things stand helps.
            return Ok(None);
        }
        seq = batch.last_seq();
        frames.push(message(&ServerFrame::Samples(batch)));
    }
    Ok(Some((seq, frames)))
}
