//! What a screen on a wall needs of its browser: to stay awake, to learn of a newer program, to show more than fits.

use std::cell::RefCell;

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, HtmlIFrameElement, RequestCache, RequestInit, Response};

/// What changes with every build.
const PROGRAM: &str = "/pkg/twinlight_bg.wasm";

thread_local! {
    /// What keeps the screen on, as long as the browser has not taken it back.
    static AWAKE: RefCell<Option<JsValue>> = const { RefCell::new(None) };
}

/// Asks that the screen stays on, where browsers can be asked; once more whenever they have taken it back.
pub fn stay_awake() {
    let is_kept = AWAKE.with_borrow(|lock| {
        let released = lock.as_ref().and_then(|lock| Reflect::get(lock, &"released".into()).ok());
        released.is_some_and(|released| released.is_falsy())
    });
    if is_kept {
        return;
    }
    let asked = || {
        let locks = Reflect::get(&super::window().navigator(), &"wakeLock".into()).ok().filter(JsValue::is_object)?;
        let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
        request.call1(&locks, &"screen".into()).ok()?.dyn_into::<Promise>().ok()
    };
    if let Some(asked) = asked() {
        spawn_local(async move {
            // Refused on an empty battery, or while nobody looks: the next call asks again.
            AWAKE.set(JsFuture::from(asked).await.ok());
        });
    }
}

/// Lets the screen go dark again.
pub fn let_sleep() {
    let lock = AWAKE.take();
    let release = lock.as_ref().and_then(|lock| Reflect::get(lock, &"release".into()).ok());
    if let (Some(lock), Some(Ok(release))) = (lock, release.map(JsCast::dyn_into::<Function>)) {
        release.call0(&lock).ok();
    }
}

/// What tells the program that the server has now from any other; `None` where it does not answer.
pub async fn program() -> Option<String> {
    let how = RequestInit::new();
    how.set_method("HEAD");
    how.set_cache(RequestCache::NoStore);
    let answer = JsFuture::from(super::window().fetch_with_str_and_init(PROGRAM, &how)).await.ok()?;
    let answer: Response = answer.dyn_into().ok()?;
    let head = answer.headers();
    let said = |name: &str| head.get(name).ok().flatten();
    answer.ok().then(|| said("etag").or_else(|| said("last-modified")))?
}

/// Shows of `board` the part whose turn it is after a share of its time: a screenful after the other.
pub fn scroll(board: &Element, share: f64) {
    let frame =
        board.query_selector("iframe").ok().flatten().and_then(|frame| frame.dyn_into::<HtmlIFrameElement>().ok());
    let Some(scrolled) = frame.map_or(Some(board.clone()), |frame| frame.content_document()?.document_element()) else {
        return;
    };
    let (whole, screen) = (f64::from(scrolled.scroll_height()), f64::from(scrolled.client_height()));
    if screen < 1.0 || whole <= screen + 4.0 {
        return;
    }
    let screens = (whole / screen).ceil();
    let number = (share.clamp(0.0, 1.0) * screens).floor().min(screens - 1.0);
    let top = (number / (screens - 1.0) * (whole - screen)) as i32;
    if scrolled.scroll_top() != top {
        scrolled.set_scroll_top(top);
    }
}

/// Leaves out of a page of mere words what stands around it; once it is there.
pub fn bare(frame: &HtmlIFrameElement) {
    if let Some(root) = frame.content_document().and_then(|document| document.document_element()) {
        root.set_attribute("data-framed", "").ok();
    }
}

/// Fills the screen, or no longer.
pub fn turn_full_screen() {
    let Some(document) = super::window().document() else { return };
    if document.fullscreen_element().is_some() {
        document.exit_fullscreen();
    } else if let Some(root) = document.document_element() {
        // Refused where nobody pressed anything.
        root.request_fullscreen().ok();
    }
}
