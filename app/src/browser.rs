//! All that touches the browser: the only room that names `web_sys`. On the server it compiles and never runs.

pub mod address;
pub mod brush;
pub mod canvas;
pub mod clip;
pub mod clock;
pub mod combobox;
pub mod css_tokens;
pub mod diagnostics;
pub mod download;
pub mod easel;
pub mod field;
pub mod frame;
pub mod gesture;
pub mod header;
pub mod hindsight;
pub mod inspect;
pub mod keepsake;
pub mod keys;
pub mod painter;
pub mod plan;
pub mod post;
pub mod pulse;
pub mod roving;
pub mod sheet;
pub mod sight;
pub mod socket;
#[cfg(feature = "bench")]
pub mod stand;
pub mod strip;
pub mod wall;
pub mod workers;
pub mod zone;

/// The window of this tab.
fn window() -> web_sys::Window {
    web_sys::window().expect("pages run in a window")
}
