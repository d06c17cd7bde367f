//! A loss of the link, driven by hand: the twin predicts on, and what it predicted is scored once the link is back.

use leptos::prelude::Owner;
use twin::Span;

use super::{Server, asset_id};
use crate::live::{
    Live,
    asset::LiveAsset,
    condition::Reading,
    link::{DEAD_AFTER, Link, LinkStatus, Millis, STALE_AFTER},
};

/// A tab beside its server, and the clock of both.
struct Tab {
    server: Server,
    live: Live,
    link: Link,
    millis: Millis,
}

impl Tab {
    /// After entry 200 of 240, live, with a future.
    fn open() -> Tab {
        let server = Server::keeping(60);
        let live = Live::new(server.plant(0));
        let mut tab = Tab { server, live, link: Link::new(7), millis: 0 };
        tab.link.tick(0);
        tab.hear(tab.server.hello());
        tab.hear(tab.server.snapshot(0));
        tab.hear(tab.server.checkpoint(0));
        tab.hear(tab.server.samples(1, 200));
        tab.wait(0);
        tab.live.change(&asset_id(), |asset, now| asset.look_ahead(now));
        tab
    }

    /// As the socket does: the link first, then what it brought.
    fn hear(&mut self, frame: wire::ServerFrame) {
        if let Ok(received) = self.link.receive(self.millis, &wire::encode(&frame)) {
            self.live.tell_link(self.link.status(self.millis), self.millis);
            self.live.apply(received.frame);
        }
    }

    fn wait(&mut self, millis: Millis) {
        self.millis += millis;
        // Entry 200 came at 0.
        self.live.tell_now(self.server.entries[199].t + Span(self.millis as i64 * 1_000));
        self.link.tick(self.millis);
        self.live.tell_link(self.link.status(self.millis), self.millis);
    }

    /// The longest that a link waits before it tries again, and the first frame of a new socket.
    fn reconnect(&mut self) {
        self.wait(8_000);
        self.hear(self.server.hello());
    }

    fn read<R>(&self, read: impl FnOnce(&LiveAsset) -> R) -> R {
        self.live.read(&asset_id(), |asset, _| read(asset)).unwrap()
    }

    fn reading(&self, quantity: usize) -> Reading {
        self.live.read(&asset_id(), |asset, now| asset.reading(quantity, now)).unwrap()
    }
}

const MINUTE: Millis = 60_000;

fn top_oil(tab: &Tab) -> usize {
    tab.read(|asset| usize::from(asset.model.signal("top_oil").unwrap()))
}

#[test]
fn what_is_measured_is_called_predicted_from_when_the_link_is_lost_until_it_is_back() {
    Owner::new().with(|| {
        let mut tab = Tab::open();
        let top_oil = top_oil(&tab);
        tab.wait(STALE_AFTER - 1);
        assert!(matches!(tab.reading(top_oil), Reading::Measured { .. }), "a delay is no loss");
        tab.wait(1);
        let Reading::Predicted { band: early, measured_at } = tab.reading(top_oil) else { panic!("not predicted") };
        assert_eq!(measured_at, tab.server.entries[199].t);
        tab.wait(DEAD_AFTER + 40 * MINUTE);
        assert!(matches!(tab.link.status(tab.millis), LinkStatus::Reconnecting { .. } | LinkStatus::Connecting));
        let Reading::Predicted { band: late, .. } = tab.reading(top_oil) else { panic!("no longer predicted") };
        assert!(late.high - late.low > early.high - early.low, "the band widens: {early:?} to {late:?}");
        tab.reconnect();
        assert!(matches!(tab.reading(top_oil), Reading::Measured { .. }));
    });
}

#[test]
fn what_was_predicted_is_scored_against_what_fills_the_gap_and_nothing_else() {
    Owner::new().with(|| {
        let mut tab = Tab::open();
        let top_oil = top_oil(&tab);
        // Rounds 51 to 54 fall into the loss, the others come after it.
        tab.wait(22 * MINUTE);
        tab.reconnect();
        let length = tab.read(|asset| asset.foretold().unwrap().length);
        assert_eq!(length, Span((22 * MINUTE + 8_000) as i64 * 1_000));
        assert_eq!(tab.read(LiveAsset::scores), [], "nothing has come yet");
        tab.hear(tab.server.samples(201, 216));
        let scores = tab.read(LiveAsset::scores);
        let score = scores.iter().find(|score| score.signal == top_oil).unwrap();
        assert_eq!(score.samples, 4);
        assert!(score.mean_error < 3.0 && score.inside >= 2, "{score:?}");
        assert!(scores.iter().all(|score| score.signal >= 2), "load and ambient are not predicted, but held");
        let known = tab.read(LiveAsset::filled_in);
        tab.hear(tab.server.samples(217, 240));
        assert_eq!(tab.read(LiveAsset::scores), scores);
        assert_eq!(tab.read(LiveAsset::filled_in), known);

        // A history that comes late belongs to the gap, too.
        let within = tab.server.entries[199].t + Span(7 * 60 * 1_000_000);
        let point = twin::series::Point { t: within, value: 1e3 };
        tab.live.change(&asset_id(), |asset, _| asset.fill(top_oil, [point]));
        let score = *tab.read(LiveAsset::scores).iter().find(|score| score.signal == top_oil).unwrap();
        assert_eq!((score.samples, score.inside), (5, scores[0].inside));
        assert!(score.mean_error > 100.0);
    });
}

#[test]
fn a_loss_is_told_of_until_it_is_dismissed_or_the_next_begins() {
    Owner::new().with(|| {
        let mut tab = Tab::open();
        let lose = |tab: &mut Tab| {
            tab.wait(STALE_AFTER);
            assert!(tab.read(LiveAsset::is_lost) && tab.read(|asset| asset.foretold().is_none()));
        };
        lose(&mut tab);
        tab.hear(tab.server.samples(201, 204));
        assert!(tab.read(|asset| asset.foretold().is_some()));
        lose(&mut tab);
        tab.hear(tab.server.samples(205, 208));
        tab.live.change(&asset_id(), |asset, _| asset.dismiss_loss());
        assert!(tab.read(|asset| asset.foretold().is_none()) && !tab.read(LiveAsset::is_lost));
    });
}

#[test]
fn what_is_kept_of_a_loss_is_no_longer_than_the_loss() {
    Owner::new().with(|| {
        let mut tab = Tab::open();
        let whole = tab.read(|asset| asset.outlook.as_ref().unwrap().baseline.times.len());
        tab.wait(10 * MINUTE);
        tab.reconnect();
        let kept = tab.read(|asset| asset.foretold().unwrap().instants());
        assert!(kept > 1 && kept < whole / 4, "{kept} of {whole}");
    });
}
