//! The one socket of a tab: carries out what `live::link` decides.

use std::{cell::RefCell, collections::BTreeMap, pin::pin, rc::Rc};

use futures::{SinkExt, StreamExt, channel::mpsc, future::select};
use gloo_net::websocket::{Message, futures::WebSocket};
use leptos::prelude::{GetUntracked, Set};
use twin::id::AssetId;
use wasm_bindgen_futures::spawn_local;
use wire::{ClientFrame, ServerFrame, frame::Subscription};

use super::{address, clock, diagnostics, frame, header, pulse::Pulse};
use crate::live::{
    Live,
    fleet::Applied,
    link::{Link, LinkStatus, Millis, Step},
};

const TICK_MILLIS: i32 = 250;
/// Frames to the server that may wait; more than a page ever says at once.
const OUTGOING: usize = 64;
/// The same asset is asked for again at most so often.
const ASK_AGAIN_AFTER: Millis = 2_000;

#[derive(Clone)]
struct Socket(Rc<RefCell<State>>);

struct State {
    live: Live,
    pulse: Pulse,
    link: Link,
    outgoing: Option<mpsc::Sender<ClientFrame>>,
    /// Tells the socket that ends now from the one that was opened since.
    generation: u64,
    asked_at: BTreeMap<AssetId, Millis>,
}

/// Opens the socket and keeps it open for as long as the tab lives.
pub fn run(live: Live) -> Pulse {
    let pulse = Pulse::new(live);
    let socket = Socket(Rc::new(RefCell::new(State {
        live,
        pulse: pulse.clone(),
        link: Link::new(js_sys::Math::random().to_bits()),
        outgoing: None,
        generation: 0,
        asked_at: BTreeMap::new(),
    })));
    socket.step();
    let ticking = socket.clone();
    let beating = pulse.clone();
    frame::every(TICK_MILLIS, move || {
        ticking.step();
        beating.mark_all();
    });
    frame::on_wake(move || {
        if frame::is_visible() {
            socket.0.borrow_mut().link.wake(clock::millis());
            socket.step();
        }
    });
    pulse
}

impl Socket {
    fn step(&self) {
        let step = self.0.borrow_mut().link.tick(clock::millis());
        match step {
            Some(Step::Open) => self.open(),
            Some(Step::Close) => self.0.borrow_mut().outgoing = None,
            None => {}
        }
        self.say_status();
    }

    fn open(&self) {
        diagnostics::opened();
        let (generation, mut outgoing) = {
            let mut state = self.0.borrow_mut();
            let (mut sender, receiver) = mpsc::channel(OUTGOING);
            let subscribe = state.link.subscribe(state.live.subscriptions(), state.live.store_id());
            sender.try_send(subscribe).ok();
            state.outgoing = Some(sender);
            state.generation += 1;
            (state.generation, receiver)
        };
        let Ok(socket) = WebSocket::open(&address::socket()) else {
            self.0.borrow_mut().link.closed(clock::millis());
            return;
        };
        let this = self.clone();
        spawn_local(async move {
            let (mut write, mut read) = socket.split();
            let writing = pin!(async {
                while let Some(frame) = outgoing.next().await {
                    if write.send(Message::Bytes(wire::encode(&frame))).await.is_err() {
                        break;
                    }
                }
            });
            let reading = pin!(async {
                while let Some(Ok(message)) = read.next().await {
                    if let Message::Bytes(bytes) = message {
                        this.receive(&bytes, generation);
                    }
                }
            });
            // Whichever ends first ends the socket: the server left, or the link let go of `outgoing`.
            select(reading, writing).await;
            this.ended(generation);
        });
    }

    fn receive(&self, bytes: &[u8], generation: u64) {
        let now = clock::millis();
        {
            let mut state = self.0.borrow_mut();
            if state.generation != generation {
                return;
            }
            match state.link.receive(now, bytes) {
                Err(_) => state.outgoing = None,
                Ok(received) => {
                    diagnostics::heard(&received.frame, bytes.len());
                    // First: what comes is compared with what was predicted until now.
                    state.tell_link(now);
                    state.pulse.hear();
                    if matches!(received.frame, ServerFrame::Hello { .. }) {
                        if state.live.refusal.get_untracked().is_some() {
                            state.live.refusal.set(None);
                        }
                        // From here on the page stands where the server does, and no longer where it was kept.
                        if state.live.kept_at_micros.get_untracked() > 0 {
                            state.live.kept_at_micros.set(0);
                        }
                    }
                    let applied = state.live.apply(received.frame);
                    state.act_on(applied, now);
                    if let Some(acknowledge) = received.acknowledge {
                        state.send(acknowledge);
                    }
                }
            }
        }
        self.say_status();
    }

    fn ended(&self, generation: u64) {
        {
            let mut state = self.0.borrow_mut();
            if state.generation == generation {
                state.outgoing = None;
                state.link.closed(clock::millis());
            }
        }
        self.say_status();
    }

    fn say_status(&self) {
        let now = clock::millis();
        let (live, status) = {
            let state = self.0.borrow();
            (state.live, state.link.status(now))
        };
        if live.link.get_untracked() != status {
            self.0.borrow().tell_link(now);
            live.link.set(status);
            header::show_link(status);
        }
        let retry_in_secs = match status {
            LinkStatus::Reconnecting { retry_at, .. } => retry_at.saturating_sub(now).div_ceil(1_000),
            _ => 0,
        };
        if live.retry_in_secs.get_untracked() != retry_in_secs {
            live.retry_in_secs.set(retry_in_secs);
        }
    }
}

impl State {
    fn tell_link(&self, now: Millis) {
        self.pulse.tell_time();
        self.live.tell_link(self.link.status(now), now);
    }

    fn act_on(&mut self, applied: Applied, now: Millis) {
        match applied {
            Applied::Nothing => {}
            Applied::Changed(asset_id) => self.pulse.mark(asset_id),
            Applied::Told(wall) => self.pulse.tell_now(wall),
            Applied::StartedOver(wall) => {
                self.pulse.tell_now(wall);
                self.pulse.mark_all();
            }
            Applied::Refused(reason) => self.live.refusal.set(Some(reason)),
            Applied::Missing(subscription) => self.ask_again(subscription, now),
        }
    }

    fn ask_again(&mut self, subscription: Subscription, now: Millis) {
        self.pulse.mark(subscription.asset.clone());
        let asked_at = self.asked_at.entry(subscription.asset.clone()).or_insert(0);
        if now >= *asked_at + ASK_AGAIN_AFTER || *asked_at == 0 {
            *asked_at = now.max(1);
            let store_id = Some(self.live.store_id());
            self.send(ClientFrame::Subscribe { assets: vec![subscription], store_id });
        }
    }

    fn send(&mut self, frame: ClientFrame) {
        if let Some(outgoing) = &mut self.outgoing {
            // A full queue means a socket that takes nothing; the link will notice and give it up.
            outgoing.try_send(frame).ok();
        }
    }
}
