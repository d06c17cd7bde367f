//! By how many members the futures are shown, and how far the many are.

use leptos::prelude::*;
use twin::id::AssetId;

use crate::{
    live::{Live, crew, lab::Lab, outlook},
    wording,
};

#[component]
pub fn MembersNote(live: Live, asset_id: AssetId, lab: Lab) -> impl IntoView {
    let members = Memo::new(move |_| live.watch(&asset_id, |asset, _| asset.members()).unwrap_or(0));
    let text = move || match lab.progress.get() {
        Some(share) => {
            format!("Stepping {} members: {:.0} %", wording::count(crew::MEMBERS.into()), (share * 100.0).floor())
        }
        None => {
            let members = if members.get() > 0 { members.get() } else { outlook::MEMBERS };
            format!("{} members, seed {}, the same for all futures.", wording::count(members as u64), outlook::SEED)
        }
    };
    view! {
        <div class="members-note" data-members=members>
            <p class="members-note__text">{text}</p>
            <progress
                class="members-note__bar"
                max="1"
                aria-label="Members stepped"
                hidden=move || lab.progress.get().is_none()
                value=move || lab.progress.get().unwrap_or(0.0)
            ></progress>
            <button
                type="button"
                class="button button--quiet"
                hidden=move || lab.progress.get().is_none()
                on:click=move |_| lab.cancel()
            >
                "Cancel"
            </button>
        </div>
    }
}
