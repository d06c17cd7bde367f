//! A viewer that keeps all it is shown, comes back by itself, and acknowledges nothing while it is told to be lazy.

use std::{
    net::SocketAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::{SinkExt, StreamExt};
use tokio::{net::TcpStream, task::JoinHandle};
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};
use twin::id::AssetId;
use wire::{
    ClientFrame, Entry, ServerFrame, StoreId,
    frame::{CoalescedEvent, CoalescedSignal, Subscription},
};

/// How often a viewer that hears nothing looks whether it may acknowledge.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What stood for entries.
#[derive(Debug)]
pub struct Span {
    pub from_seq: u64,
    pub to_seq: u64,
    pub signals: Vec<CoalescedSignal>,
    pub events: Vec<CoalescedEvent>,
}

/// All that was shown of one asset, in the order in which it came.
#[derive(Debug, Default)]
pub struct Shown {
    /// The last entry that was shown or stood for.
    pub seq: u64,
    pub entries: Vec<(u64, Entry)>,
    pub spans: Vec<Span>,
    /// What a viewer must not be shown.
    pub faults: Vec<String>,
}

pub struct Follower {
    running: JoinHandle<Vec<Shown>>,
    told: Arc<Told>,
}

/// What a viewer is told while it follows.
#[derive(Default)]
struct Told {
    is_lazy: AtomicBool,
    /// The seqs at which it is to end.
    end: OnceLock<Vec<u64>>,
}

impl Follower {
    pub fn start(address: SocketAddr, assets: &[&str]) -> Follower {
        let told: Arc<Told> = Arc::default();
        let assets: Vec<AssetId> = assets.iter().map(|asset| AssetId::parse(asset).unwrap()).collect();
        let shown = assets.iter().map(|_| Shown::default()).collect();
        let mut life = Life { assets, shown, store_id: None, told: told.clone() };
        let running = tokio::spawn(async move {
            while !life.is_over() {
                // However a line ended: the next one is opened.
                let _ = life.line(address).await;
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            life.shown
        });
        Follower { running, told }
    }

    /// Has it acknowledge nothing for a while.
    pub async fn be_lazy(&self, pause: Duration) {
        self.told.is_lazy.store(true, Ordering::Relaxed);
        tokio::time::sleep(pause).await;
        self.told.is_lazy.store(false, Ordering::Relaxed);
    }

    /// Lets it go on until it has come to these seqs; gives what it was shown.
    pub async fn stop_at(self, seqs: Vec<u64>) -> Vec<Shown> {
        self.told.end.set(seqs).unwrap();
        self.running.await.unwrap()
    }
}

struct Life {
    assets: Vec<AssetId>,
    shown: Vec<Shown>,
    store_id: Option<StoreId>,
    told: Arc<Told>,
}

type Ended = Result<(), Box<dyn std::error::Error + Send + Sync>>;

impl Life {
    fn is_over(&self) -> bool {
        self.told.end.get().is_some_and(|end| self.shown.iter().zip(end).all(|(shown, end)| shown.seq >= *end))
    }

    /// One line, from its opening to its end.
    async fn line(&mut self, address: SocketAddr) -> Ended {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let opening = tokio_tungstenite::client_async(format!("ws://{address}/ws"), stream);
        let (mut socket, _) = tokio::time::timeout(Duration::from_secs(10), opening).await??;
        let of = |(asset, shown): (&AssetId, &Shown)| Subscription { asset: asset.clone(), after: Some(shown.seq) };
        let assets = self.assets.iter().zip(&self.shown).map(of).collect();
        send(&mut socket, &ClientFrame::Subscribe { assets, store_id: self.store_id }).await?;
        let (mut frames, mut acknowledged) = (0, 0);
        while !self.is_over() {
            let message = tokio::time::timeout(LOOK_EVERY, socket.next()).await;
            let is_silent = message.is_err();
            if let Ok(message) = message
                && let Message::Binary(bytes) = message.ok_or("ended")??
            {
                frames += 1;
                self.take(wire::decode(&bytes)?);
            }
            let is_due = frames - acknowledged >= 16 || (is_silent && frames > acknowledged);
            if is_due && !self.told.is_lazy.load(Ordering::Relaxed) {
                send(&mut socket, &ClientFrame::Acknowledge { frames }).await?;
                acknowledged = frames;
            }
        }
        Ok(())
    }

    fn take(&mut self, frame: ServerFrame) {
        let number = |asset: &AssetId| self.assets.iter().position(|own| own == asset).unwrap();
        match frame {
            ServerFrame::Hello { store_id, .. } => {
                if self.store_id.is_some_and(|known| known != store_id) {
                    self.shown[0].faults.push("another store".into());
                }
                self.store_id = Some(store_id);
            }
            ServerFrame::Samples(batch) => {
                let shown = &mut self.shown[number(&batch.asset)];
                if batch.first_seq > shown.seq + 1 {
                    shown.faults.push(format!("entry {} came after {}", batch.first_seq, shown.seq));
                }
                // What a viewer has already may come along; whether it is the same is seen in the end.
                for (entry, seq) in batch.entries.into_iter().zip(batch.first_seq..) {
                    if seq > shown.seq {
                        shown.seq = seq;
                        shown.entries.push((seq, entry));
                    }
                }
            }
            ServerFrame::Coalesced { asset, from_seq, to_seq, signals, events } => {
                let shown = &mut self.shown[number(&asset)];
                if from_seq != shown.seq + 1 || to_seq < from_seq {
                    shown.faults.push(format!("what stands for {from_seq} to {to_seq} came after {}", shown.seq));
                }
                shown.seq = shown.seq.max(to_seq);
                shown.spans.push(Span { from_seq, to_seq, signals, events });
            }
            ServerFrame::Snapshot { asset, seq, .. } => {
                let shown = &mut self.shown[number(&asset)];
                shown.faults.push(format!("begun again at {seq} after {}", shown.seq));
                shown.seq = seq;
            }
            ServerFrame::Refused { reason } => self.shown[0].faults.push(reason),
            ServerFrame::Checkpoint { .. } | ServerFrame::ClockSet { .. } | ServerFrame::Alive { .. } => {}
        }
    }
}

async fn send(socket: &mut WebSocketStream<TcpStream>, frame: &ClientFrame) -> Ended {
    Ok(socket.send(Message::Binary(wire::encode(frame).into())).await?)
}
