//! A viewer's life: subscribe to every asset, take frames in and acknowledge them, come back where it was.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::{Message, protocol::WebSocketConfig};
use tokio_util::sync::CancellationToken;
use twin::id::AssetId;
use wire::{ClientFrame, ServerFrame, frame::Subscription};

use super::{
    seen::{Line, Seen, Shown, fold},
    site::Site,
    wave::mix,
};

/// Frames taken in before they are acknowledged.
const ACKNOWLEDGED_AT_ONCE: u64 = 16;
const PAUSE: Duration = Duration::from_millis(100);

/// One viewer.
pub struct Viewer {
    pub number: usize,
    /// `127.0.0.1:3000`.
    pub host: String,
    pub site: Arc<Site>,
    pub record: Option<Arc<Seen>>,
    /// The last seq that it was shown of each asset, for whoever waits for it.
    pub reached: Arc<Mutex<BTreeMap<String, u64>>>,
    /// Nothing more is to be looked at.
    pub closed: CancellationToken,
}

impl Viewer {
    /// Looks on until it is told to close.
    pub async fn watch(self) {
        for round in 0.. {
            let until = self.site.end_of_connection(mix(self.number as u64) ^ round);
            tokio::select! {
                () = self.closed.cancelled() => return,
                () = tokio::time::sleep_until(until.into()) => {}
                ended = self.connection() => if let Err(error) = ended {
                    tracing::debug!(%error, "a viewer's stream ended");
                    tokio::time::sleep(PAUSE).await;
                }
            }
            self.site.tally.count(&self.site.tally.reconnects);
        }
    }

    async fn connection(&self) -> anyhow::Result<()> {
        let config = WebSocketConfig::default().read_buffer_size(64 * 1024);
        let address = format!("ws://{}/ws", self.host);
        let (mut socket, _) = tokio_tungstenite::connect_async_with_config(address, Some(config), true).await?;
        let mut assets = Vec::new();
        let mut streams: BTreeMap<String, Vec<(u16, usize)>> = BTreeMap::new();
        for (number, stream) in self.site.plan.streams.iter().enumerate() {
            let known = streams.entry(stream.asset.clone()).or_insert_with(|| {
                let after = self.reached.lock().expect("no one panics while reaching").get(&stream.asset).copied();
                assets.extend(AssetId::parse(&stream.asset).map(|asset| Subscription { asset, after }));
                Vec::new()
            });
            known.push((stream.number, number));
        }
        send(&mut socket, &ClientFrame::Subscribe { assets, store_id: None }).await?;
        let mut frames = 0;
        while let Some(message) = socket.next().await {
            let bytes = match message? {
                Message::Binary(bytes) => bytes,
                Message::Close(_) => break,
                _ => continue,
            };
            frames += 1;
            self.site.tally.count(&self.site.tally.frames);
            self.take(wire::decode(&bytes)?, &streams)?;
            if frames % ACKNOWLEDGED_AT_ONCE == 0 {
                send(&mut socket, &ClientFrame::Acknowledge { frames }).await?;
            }
        }
        Ok(())
    }

    fn take(&self, frame: ServerFrame, streams: &BTreeMap<String, Vec<(u16, usize)>>) -> anyhow::Result<()> {
        let (tally, of) = (&self.site.tally, |asset: &str| streams.get(asset).map_or(&[][..], Vec::as_slice));
        let all = |asset: &str| self.site.saw_all(of(asset).iter().map(|(_, stream)| *stream));
        let (asset, shown, seq) = match frame {
            ServerFrame::Samples(batch) => {
                let own = of(batch.asset.as_str());
                let mut hash = 0;
                for entry in &batch.entries {
                    hash = fold(hash, entry);
                    if let wire::What::Sample { signal, .. } = entry.what
                        && self.number == 0
                        && let Some((_, stream)) = own.iter().find(|(number, _)| *number == signal)
                    {
                        self.site.saw(*stream, entry.t.0);
                    }
                }
                let (first, last) = (batch.first_seq, batch.last_seq());
                (batch.asset, Shown::Samples { first, last, hash }, last)
            }
            ServerFrame::Coalesced { asset, from_seq, to_seq, .. } => {
                tally.count(&tally.coalesced);
                all(asset.as_str());
                (asset, Shown::Coalesced { first: from_seq, last: to_seq }, to_seq)
            }
            ServerFrame::Snapshot { asset, seq, .. } => {
                tally.count(&tally.snapshots);
                all(asset.as_str());
                (asset, Shown::Snapshot { seq }, seq)
            }
            _ => return Ok(()),
        };
        if let Some(record) = &self.record {
            record.write(&Line { viewer: self.number, asset: asset.to_string(), shown })?;
        }
        self.reached.lock().expect("no one panics while reaching").insert(asset.to_string(), seq);
        Ok(())
    }
}

async fn send<S>(socket: &mut S, frame: &ClientFrame) -> Result<(), S::Error>
where
    S: SinkExt<Message> + Unpin,
{
    socket.send(Message::Binary(wire::encode(frame).into())).await
}

/// Waits until every viewer has reached `seqs`, at most until `deadline`; gives how many entries the last one lacks.
pub async fn wait_for(
    viewers: &[Arc<Mutex<BTreeMap<String, u64>>>],
    seqs: &BTreeMap<String, u64>,
    deadline: Instant,
) -> u64 {
    loop {
        let behind = |reached: &Arc<Mutex<BTreeMap<String, u64>>>| -> u64 {
            let reached = reached.lock().expect("no one panics while reaching");
            seqs.iter().map(|(asset, seq)| seq.saturating_sub(reached.get(asset).copied().unwrap_or(0))).sum()
        };
        let most = viewers.iter().map(behind).max().unwrap_or(0);
        if most == 0 || Instant::now() > deadline {
            return most;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
