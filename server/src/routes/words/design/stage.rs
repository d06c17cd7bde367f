//! A plant on a stage: one transformer a state, made by its model.

use std::sync::Arc;

use app::live::Live;
use twin::{
    Clock, KERNEL_VERSION, Model, Span, Timestamp, Twin, detect::Findings, entry::Quality, id::AssetId,
    simulate::Simulator, time::Replay,
};
use wire::{
    Batch, Entry, ServerFrame, StoreId, What,
    view::{AssetView, EventView, PlantView},
};

/// The wall clock on this stage.
pub const NOW: Timestamp = Timestamp(1_751_371_200_000_000);
const STEP: Span = Span(5 * Span::MINUTE.0);
const ROUNDS: i64 = 72;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Empty,
    Normal,
    Learning,
    Abnormal,
    Stopped,
    Stale,
    Ended,
    Simulated,
    Verified,
    Differs,
}

impl State {
    pub const ALL: [State; 10] = [
        State::Empty,
        State::Normal,
        State::Learning,
        State::Abnormal,
        State::Stopped,
        State::Stale,
        State::Ended,
        State::Simulated,
        State::Verified,
        State::Differs,
    ];

    pub fn name(self) -> &'static str {
        match self {
            State::Empty => "empty",
            State::Normal => "normal",
            State::Learning => "learning",
            State::Abnormal => "abnormal",
            State::Stopped => "stopped",
            State::Stale => "stale",
            State::Ended => "ended",
            State::Simulated => "simulated",
            State::Verified => "verified",
            State::Differs => "differs from the server",
        }
    }

    pub fn asset_id(self) -> AssetId {
        let name = self.name().split(' ').next().unwrap_or_default();
        AssetId::parse(name).unwrap_or_else(|error| unreachable!("{name}: {error}"))
    }
}

/// All of it, as a page shows it.
pub fn live() -> Live {
    let Ok(model) = Model::parse(include_str!("../../../../models/power-transformer.toml")).map(Arc::new) else {
        unreachable!("the model is shipped")
    };
    let live = Live::new(PlantView {
        title: "Stage".into(),
        now: NOW,
        models: vec![model.pack()],
        assets: State::ALL.map(asset).into(),
        store_id: StoreId([0; 16]),
    });
    for state in State::ALL {
        for frame in frames(state, &model) {
            live.apply(frame);
        }
        live.change(&state.asset_id(), |asset, now| asset.look_ahead(now));
    }
    live
}

fn asset(state: State) -> AssetView {
    let (t, kind, note) = match state {
        State::Stopped => (NOW - STEP, "failure", "tripped on gas"),
        _ => (NOW, "inspected", "oil sample taken"),
    };
    let event = EventView { seq: 1, t, until: None, kind: kind.into(), note: note.into() };
    // Its own twin has not started yet.
    let calm = Findings { alarm: None, is_learning: false, learnt_by: None };
    AssetView {
        id: state.asset_id(),
        title: format!("Transformer, {}", state.name()),
        path: "north/substation-4/bay-1".into(),
        zone: String::new(),
        simulated: state == State::Simulated,
        badge: if state == State::Ended { "charging left out".into() } else { String::new() },
        clock: clock(state),
        model: 0,
        seq: 0,
        latest: Vec::new(),
        courses: Vec::new(),
        found: (state == State::Normal).then_some(calm),
        silent_after: None,
        kinds: Default::default(),
        events: if state == State::Empty { Vec::new() } else { vec![event] },
    }
}

fn clock(state: State) -> Clock {
    match state {
        State::Ended => Clock::Replay(Replay {
            wall: NOW - Span::DAY,
            asset: NOW - Span::DAY,
            rate: 60.0,
            recorded: NOW - Span::DAY,
            end: NOW,
        }),
        _ => Clock::Wall,
    }
}

/// What the server would have sent: half of the telemetry as a checkpoint, the rest entry by entry.
fn frames(state: State, model: &Arc<Model>) -> Vec<ServerFrame> {
    if state == State::Empty {
        return Vec::new();
    }
    let entries = telemetry(state, model);
    let half = entries.len() / 2;
    let told: Vec<_> = entries.iter().filter_map(|entry| entry.observed(model)).collect();
    let mut twin = Twin::new(model.clone(), 1);
    let mut checkpoint = |upto: usize, is_altered: bool| {
        let from = upto.saturating_sub(half);
        twin.observe(&told[from..upto]);
        let state_of = twin.checkpoint();
        let mut hash = state_of.hash;
        if is_altered {
            hash.0 ^= 1;
        }
        ServerFrame::Checkpoint {
            asset: state.asset_id(),
            seq: upto as u64,
            model_hash: model.hash,
            kernel_version: KERNEL_VERSION,
            bytes: state_of.bytes,
            hash,
        }
    };
    let samples = |first: usize, last: usize| {
        let entries = entries[first..last].to_vec();
        ServerFrame::Samples(Batch { asset: state.asset_id(), first_seq: first as u64 + 1, entries })
    };
    if state == State::Normal {
        return vec![samples(0, entries.len())];
    }
    let mut frames = vec![samples(0, half), checkpoint(half, false), samples(half, entries.len())];
    if matches!(state, State::Verified | State::Differs) {
        frames.push(checkpoint(entries.len(), state == State::Differs));
    }
    frames
}

fn telemetry(state: State, model: &Arc<Model>) -> Vec<Entry> {
    let inputs = if state == State::Abnormal { [1_900.0, 40.0] } else { [850.0, 18.0] };
    let last = if state == State::Stale { NOW - Span::DAY } else { NOW - Span::MINUTE };
    let start = last - Span(STEP.0 * (ROUNDS - 1));
    let mut simulator = Simulator::new(model.clone(), start, &inputs);
    let mut entries = Vec::new();
    for round in 0..ROUNDS {
        let t = start + Span(STEP.0 * round);
        simulator.advance(t, &inputs);
        for (signal, value) in (0u16..).zip(simulator.measure(round as u64)) {
            entries.push(Entry { t, what: What::Sample { signal, value, quality: Quality::Good } });
        }
    }
    entries
}
