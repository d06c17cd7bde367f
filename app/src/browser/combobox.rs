//! The header's search: a combobox whose list the server makes. Without scripts it is a form.

use std::{cell::Cell, rc::Rc};

use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Document, Element, Event, HtmlAnchorElement, HtmlInputElement, KeyboardEvent, Response};

type Hear = fn(&Rc<Combobox>, &Event);

struct Combobox {
    input: HtmlInputElement,
    list: Element,
    said: Element,
    /// Followed to the chosen page, so that the router hears of it.
    way: HtmlAnchorElement,
    asked: Cell<u32>,
}

/// Takes the search of this document over.
pub fn open(document: &Document) {
    let Some(combobox) = find(document).map(Rc::new) else { return };
    // Without scripts it is no combobox, and does not say that it were one.
    for (name, value) in [("role", "combobox"), ("aria-autocomplete", "list"), ("aria-controls", "search-found")] {
        combobox.input.set_attribute(name, value).ok();
    }
    combobox.close();
    let heard: [(&Element, &str, Hear); 5] = [
        (&combobox.input, "input", |own, _| own.ask()),
        (&combobox.input, "focus", |own, _| own.ask()),
        (&combobox.input, "blur", |own, _| own.close()),
        (&combobox.input, "keydown", |own, event| own.press(event)),
        // Before the field loses the focus, which would close the list.
        (&combobox.list, "mousedown", |own, event| {
            event.prevent_default();
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            if let Some(Ok(Some(option))) = target.map(|target| target.closest("[role=option]")) {
                own.go(&option);
            }
        }),
    ];
    for (element, name, hear) in heard {
        let own = combobox.clone();
        let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| hear(&own, &event)).into_js_value();
        element.add_event_listener_with_callback(name, listener.unchecked_ref()).ok();
    }
}

fn find(document: &Document) -> Option<Combobox> {
    let find = |selector: &str| document.query_selector(selector).ok().flatten();
    Some(Combobox {
        input: find("#search")?.dyn_into().ok()?,
        list: find("#search-found")?,
        said: find("#search-said")?,
        way: find("#search-way")?.dyn_into().ok()?,
        asked: Cell::new(0),
    })
}

impl Combobox {
    /// Asks the server what fits to what is written; an answer to an older question is dropped.
    fn ask(self: &Rc<Combobox>) {
        let words = self.input.value();
        let question = self.asked.get() + 1;
        self.asked.set(question);
        if words.trim().is_empty() {
            return self.close();
        }
        let own = self.clone();
        spawn_local(async move {
            let options = options(&words).await;
            if own.asked.get() == question {
                own.offer(options.as_deref());
            }
        });
    }

    fn offer(&self, options: Option<&str>) {
        self.list.set_inner_html(options.unwrap_or_default());
        let count = self.list.child_element_count();
        let said = match (options, count) {
            (None, _) => "The server does not answer".to_string(),
            (_, 0) => "Nothing found".to_string(),
            (_, 1) => "1 found".to_string(),
            _ => format!("{count} found"),
        };
        self.said.set_text_content(Some(&said));
        self.open(count > 0);
        self.point(None);
    }

    fn open(&self, is_open: bool) {
        self.list.toggle_attribute_with_force("hidden", !is_open).ok();
        self.input.set_attribute("aria-expanded", if is_open { "true" } else { "false" }).ok();
    }

    fn close(&self) {
        self.asked.set(self.asked.get() + 1);
        self.said.set_text_content(None);
        self.open(false);
        self.point(None);
    }

    fn press(self: &Rc<Combobox>, event: &Event) {
        let key = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key).unwrap_or_default();
        let pointed = self.pointed();
        let next = |option: &Element| option.next_element_sibling();
        let before = |option: &Element| option.previous_element_sibling();
        match key.as_str() {
            "Escape" => self.close(),
            "Enter" => match pointed {
                Some(option) => self.go(&option),
                None => return,
            },
            "ArrowDown" if self.list.has_attribute("hidden") => self.ask(),
            "ArrowDown" => self.point(pointed.as_ref().and_then(next).or_else(|| self.list.first_element_child())),
            "ArrowUp" => self.point(pointed.as_ref().and_then(before).or_else(|| self.list.last_element_child())),
            _ => return,
        }
        event.prevent_default();
    }

    fn pointed(&self) -> Option<Element> {
        self.list.query_selector("[aria-selected=true]").ok().flatten()
    }

    /// Moves the choice; the focus stays in the field.
    fn point(&self, option: Option<Element>) {
        if let Some(before) = self.pointed() {
            before.set_attribute("aria-selected", "false").ok();
        }
        match option {
            Some(option) => {
                option.set_attribute("aria-selected", "true").ok();
                self.input.set_attribute("aria-activedescendant", &option.id()).ok();
                option.scroll_into_view_with_bool(false);
            }
            None => {
                self.input.remove_attribute("aria-activedescendant").ok();
            }
        }
    }

    fn go(&self, option: &Element) {
        if let Some(href) = option.get_attribute("data-href") {
            self.input.set_value("");
            self.input.blur().ok();
            self.way.set_href(&href);
            self.way.set_rel(&option.get_attribute("data-rel").unwrap_or_default());
            self.way.click();
        }
    }
}

async fn options(words: &str) -> Option<String> {
    let address = format!("/search/options?q={}", String::from(js_sys::encode_uri_component(words)));
    let answer = JsFuture::from(super::window().fetch_with_str(&address)).await.ok()?;
    let answer = answer.dyn_into::<Response>().ok().filter(Response::ok)?;
    JsFuture::from(answer.text().ok()?).await.ok()?.as_string()
}
