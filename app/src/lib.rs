//! What the user sees: pages, components, plots, live twins, and the server functions behind them.
// Views nest deeply, and each level is a type.
#![recursion_limit = "512"]

#[cfg(not(erase_components))]
compile_error!(
    "built without `--cfg=erase_components`, which .cargo/config.toml sets: pages would not find their nodes"
);

pub mod shell;

pub mod pages;

pub mod components;

pub mod live;

pub mod plot;

pub mod sheet;

pub mod figures;

pub mod api;

pub mod browser;

pub mod wording;

pub use pages::App;
pub use shell::shell;

/// The entry of the browser: takes over the page that the server sent.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    wasm_bindgen_futures::spawn_local(async {
        let loaded = pages::part::load_for(&browser::address::path()).await;
        let Some(place) = browser::header::place() else { return };
        if loaded.is_err() {
            // Nothing of it can be taken over: what is missing is said in its place.
            place.set_inner_html("");
        }
        if browser::keepsake::is_copy() || loaded.is_err() {
            // Nobody rendered it: there was no server.
            leptos::mount::mount_to(place, App).forget();
        } else {
            leptos::mount::hydrate_from(place, App).forget();
        }
    });
}

/// The entry of a worker: does what one message asks for.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn work(message: Vec<u8>) -> Option<Vec<u8>> {
    browser::workers::work(message).await
}
