//! Who listens to what lives as long as the tab is forgotten with the page that listened.

use std::sync::Arc;

use leptos::{
    prelude::Owner,
    reactive::graph::{AnySource, AnySubscriber, ReactiveNode, Subscriber, WithObserver},
};

use super::{Server, asset_id};
use crate::live::{Live, heard};

struct Listener;

impl ReactiveNode for Listener {
    fn mark_dirty(&self) {}
    fn mark_check(&self) {}
    fn mark_subscribers_check(&self) {}
    fn update_if_necessary(&self) -> bool {
        false
    }
}

impl Subscriber for Listener {
    fn add_source(&self, _: AnySource) {}
    fn clear_sources(&self, _: &AnySubscriber) {}
}

#[test]
fn who_listened_from_a_page_that_is_gone_is_forgotten() {
    let tab = Owner::new();
    let live = tab.with(|| Live::new(Server::keeping(2).plant(0)));
    let listener = Arc::new(Listener);
    let known: Arc<dyn Subscriber + Send + Sync> = listener.clone();
    let known = AnySubscriber(1, Arc::downgrade(&known));
    let before = Arc::weak_count(&listener);
    let page = tab.with(Owner::new);
    let listen = || {
        live.watch(&asset_id(), |_, _| ());
        heard(live.link);
    };
    page.with(|| known.with_observer(listen));
    assert!(Arc::weak_count(&listener) > before);
    page.cleanup();
    assert_eq!(Arc::weak_count(&listener), before);
}
