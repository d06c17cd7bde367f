//! What of a page somebody can see.

/// Whether any of the first element that `selector` finds lies within the window now.
pub fn is_in_view(selector: &str) -> bool {
    let window = super::window();
    let found = window.document().and_then(|document| document.query_selector(selector).ok().flatten());
    let height = window.inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0);
    found.is_some_and(|element| {
        let place = element.get_bounding_client_rect();
        place.height() > 0.0 && place.bottom() > 0.0 && place.top() < height
    })
}
