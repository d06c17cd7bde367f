//! Fetches the window: its entries, and the twin as it was before them.

use leptos::{prelude::*, task::spawn_local};

use super::{Calibration, Quest, Stage, bench::Question};
use crate::{
    live::{
        replay::{
            fetch::entries_of,
            reel::{End, MOST},
        },
        stretch::Stretch,
    },
    wording,
};

impl Calibration {
    /// Fetches `window`, in the place of the one before.
    pub fn open(self, window: Stretch) {
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        self.window.set(Some(window));
        self.stage.set(Stage::Fetching);
        self.quest.set(Quest::Idle);
        self.fit.set(None);
        self.fetched.set(0);
        self.forget();
        spawn_local(async move {
            let found = self.fetch(window, turn).await;
            match found {
                _ if !self.is_fetching(turn) => {}
                Ok((question, remark)) => {
                    self.remark.set(remark);
                    self.ask(question);
                }
                Err(why) => self.stage.set(Stage::Lost(why)),
            }
        });
    }

    /// Fetches no further.
    pub fn cancel(self) {
        if self.stage.get_untracked() == Stage::Fetching {
            self.turn.update_value(|turn| *turn += 1);
            self.stage.set(Stage::Stopped);
        }
    }

    /// Fetches the same window once more.
    pub fn again(self) {
        if let Some(window) = self.window.get_untracked() {
            self.open(window);
        }
    }

    /// Whether that window is still waited for: the page may have closed meanwhile.
    fn is_fetching(self, turn: u32) -> bool {
        self.turn.try_get_value() == Some(turn) && self.stage.try_get_untracked() == Some(Stage::Fetching)
    }

    async fn fetch(self, window: Stretch, turn: u32) -> Result<(Question, String), String> {
        let asset_id = self.asset_id.get_value();
        let of = self.live.read(&asset_id, |asset, _| (asset.model.clone(), asset.packed.to_vec()));
        let Some((model, packed)) = of else { return Err(String::new()) };
        let goes_on = |fetched| {
            let is_fetching = self.is_fetching(turn);
            if is_fetching {
                self.fetched.set(fetched);
            }
            is_fetching
        };
        let (reel, twin) = entries_of(&asset_id, &model, window, goes_on).await?;
        let told = reel.until(reel.last_seq()).iter().skip(1);
        let entries = told.filter_map(|entry| entry.observed(&model)).collect();
        let latents = self.parameters.with_value(|all| all.iter().map(|own| own.latent).collect());
        let remark = match reel.end {
            End::Cut => format!("Cut: only its first {} entries.", wording::count(MOST as u64)),
            End::Open | End::Window | End::Newest => String::new(),
        };
        Ok((Question::Lay { model: packed, checkpoint: twin.checkpoint().bytes, entries, latents }, remark))
    }
}
