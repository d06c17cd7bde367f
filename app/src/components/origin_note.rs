//! Where the shown number comes from: asked of the server when somebody wants to know.

use leptos::{
    html::{Details, Div},
    prelude::*,
    task::spawn_local,
};
use twin::id::AssetId;

use crate::{api, browser};

#[component]
pub fn OriginNote(
    asset_id: AssetId,
    /// The name of the quantity.
    of: Memo<String>,
) -> impl IntoView {
    let (details, place) = (NodeRef::<Details>::new(), NodeRef::<Div>::new());
    let is_open = RwSignal::new(false);
    let href = format!("/data?asset={asset_id}#lineage");
    Effect::new(move |_| {
        let asked = of.get();
        let Some(place) = place.get().filter(|_| is_open.get()) else { return };
        let asset = asset_id.to_string();
        spawn_local(async move {
            let told = api::asset::told(asset, asked.clone()).await;
            // Another number may have been chosen meanwhile.
            if of.try_get_untracked().as_ref() == Some(&asked) {
                match told {
                    Ok(html) => browser::sheet::refresh(&place, &html),
                    Err(error) => place.set_text_content(Some(&error.to_string())),
                }
            }
        });
    });
    view! {
        <details
            class="fold origin-note"
            node_ref=details
            on:toggle=move |_| is_open.set(details.get_untracked().is_some_and(|details| details.open()))
        >
            <summary>"Where does this number come from?"</summary>
            <div node_ref=place aria-live="polite">
                // Without scripts, and until the answer is there.
                <p>
                    <a rel="external" href=href>
                        "Its asset\u{2019}s entries on the data page"
                    </a>
                </p>
            </div>
        </details>
    }
}
