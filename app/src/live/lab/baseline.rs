//! What the futures of a page begin from: the newest state, one that somebody froze, or that of the link it was opened by.

use leptos::{prelude::*, task::spawn_local};
use twin::{Scenario, Twin};
use wire::ServerFrame;

use super::Lab;
use crate::{
    browser,
    live::{
        kept::Kept,
        pin::{self, Pin},
    },
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Baseline {
    #[default]
    Live,
    /// The state of a link is asked for.
    Opening,
    Frozen,
    /// Why the state of a link is not shown.
    Lost(String),
}

/// What a link says that its scenarios came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Linked {
    pub pin: Pin,
    /// In the order of the pin's hashes.
    pub scenarios: Vec<Scenario>,
}

impl Linked {
    /// What an address says, with the sliders that it moves and the scenarios that it keeps.
    pub fn by(said: Option<String>, moved: &Scenario, kept: &[Kept]) -> (Baseline, Option<Linked>) {
        let Some(said) = said else { return (Baseline::Live, None) };
        let Some(pin) = Pin::read(&said) else {
            return (Baseline::Lost("the link is not whole".to_string()), None);
        };
        let kept = kept.iter().map(|own| own.scenario.clone());
        let mut scenarios: Vec<Scenario> = std::iter::once(Scenario::default()).chain(kept).collect();
        scenarios.extend((!moved.sliders.is_empty()).then(|| moved.clone()));
        (Baseline::Opening, Some(Linked { pin, scenarios }))
    }
}

impl Lab {
    /// Asks the server for the state that the page's link is pinned to.
    pub fn open(self) {
        let Some(Linked { pin, .. }) = self.linked.get_value() else { return };
        let asset_id = self.asset_id.get_value();
        spawn_local(async move {
            let state = browser::hindsight::state(asset_id.as_str(), pin.seq).await;
            // The page may have closed meanwhile, or gone on.
            if self.baseline.try_get_untracked() != Some(Baseline::Opening) {
                return;
            }
            let begun = state.and_then(|state| self.begin(&state, &pin));
            self.baseline.set(begun.map_or_else(Baseline::Lost, |()| Baseline::Frozen));
            self.forget_zones();
            self.run();
        });
    }

    fn begin(self, state: &[u8], pin: &Pin) -> Result<(), String> {
        let Ok(ServerFrame::Checkpoint { seq, bytes, hash, .. }) = wire::decode(state) else {
            return Err("server and page are of two versions".to_string());
        };
        let begun = self.live.change(&self.asset_id.get_value(), |asset, _| {
            let twin = Twin::restore(asset.model.clone(), &bytes).ok().filter(|twin| twin.hash() == hash);
            let Some(twin) = twin else { return Err("server and page are of two versions".to_string()) };
            let is_ahead = asset.freeze_at(&twin, seq, pin.until);
            is_ahead.then_some(()).ok_or_else(|| "the link reaches no future of its state".to_string())
        });
        begun.unwrap_or_else(|| Err(String::new()))
    }

    /// Has the futures stay as they are while data go on, or follow the newest state again.
    pub fn turn_frozen(&self) {
        if self.baseline.get_untracked() == Baseline::Live { self.freeze() } else { self.thaw() }
    }

    fn freeze(&self) {
        let is_frozen = self.live.change(&self.asset_id.get_value(), |asset, _| asset.freeze()) == Some(true);
        if is_frozen {
            self.linked.set_value(None);
            self.baseline.set(Baseline::Frozen);
            self.forget_zones();
            self.run();
            self.note_pin();
        }
        self.said.set(if is_frozen { "Frozen" } else { "The twin is not sure where it stands yet" }.to_string());
    }

    fn thaw(&self) {
        self.live.change(&self.asset_id.get_value(), |asset, _| asset.thaw());
        self.linked.set_value(None);
        self.baseline.set(Baseline::Live);
        self.forget_zones();
        self.run();
        self.note_pin();
        self.said.set("The futures follow the newest state".to_string());
    }

    /// Copies an address that opens to what is shown now, to the bit.
    pub fn copy_link(self) {
        self.note_address();
        let say = move || {
            self.said.try_set("Link copied".to_string());
        };
        match self.pin() {
            Some(pin) => browser::address::copy_with(pin::KEY, &pin.write(), Box::new(say)),
            None => self.said.set("The twin is not sure where it stands yet".to_string()),
        }
    }

    /// Has the page's address say what is frozen, so that the page opens to the same.
    pub(super) fn note_pin(&self) {
        match self.baseline.get_untracked() {
            Baseline::Live => browser::address::note(pin::KEY, None),
            Baseline::Frozen => {
                browser::address::note(pin::KEY, self.pin().map(|pin| pin.write()).as_deref());
            }
            // As somebody else wrote it.
            Baseline::Opening | Baseline::Lost(_) => {}
        }
    }

    fn pin(&self) -> Option<Pin> {
        self.live.read(&self.asset_id.get_value(), |asset, _| Pin::of(asset)).flatten()
    }
}
