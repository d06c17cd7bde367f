//! Whether this page's twin is the server's, bit for bit.

use leptos::prelude::*;
use twin::id::AssetId;

use crate::{
    live::{Live, verification::Verification},
    wording,
};

#[component]
pub fn VerifiedBadge(live: Live, asset_id: AssetId) -> impl IntoView {
    let verdict = Memo::new(move |_| live.watch(&asset_id, |asset, _| asset.verification()).unwrap_or_default());
    let text = move || match verdict.get() {
        Verification::NotVerified => "Twin not verified yet".to_string(),
        Verification::Verified { entries: 1 } => "Twin verified over 1 entry".to_string(),
        Verification::Verified { entries } => format!("Twin verified over {} entries", wording::count(entries)),
        Verification::Differs { seq } => format!("Twin differs at seq {seq}"),
        Verification::OtherKernel { version } => format!("Twin not comparable: made with kernel {version}"),
    };
    let class = move || match verdict.get() {
        Verification::Differs { .. } => "verified-badge verified-badge--differs",
        Verification::Verified { .. } => "verified-badge verified-badge--verified",
        _ => "verified-badge",
    };
    let shape = move || match verdict.get() {
        Verification::Verified { .. } => "M2 8l4 4l8-8",
        Verification::Differs { .. } => "M3 3l10 10M13 3L3 13",
        _ => "M3 8h10",
    };
    view! {
        <p
            class=class
            role="status"
            title="The twin in this page and the server\u{2019}s run the same model; their states are compared by hash."
        >
            <svg class="verified-badge__shape" viewBox="0 0 16 16" aria-hidden="true">
                <path d=shape />
            </svg>
            {text}
        </p>
    }
}
