//! What happened since the start, in numbers: counted where it happens, read by whoever renders them.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};

use crate::store::Receipt;

/// The connectors that every server has; what they count is there from the start.
const CONNECTORS: [&str; 3] = ["http", "line", "mqtt"];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Became {
    pub connector: &'static str,
    pub outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Because {
    pub reason: &'static str,
}

#[derive(Debug)]
pub struct Counters {
    /// Samples and events by what became of them: `accepted`, `duplicate`, `rejected`.
    items: Family<Became, Counter>,
    /// Messages and requests: `kept`, or `lost` where the sender was told to try again.
    deliveries: Family<Became, Counter>,
    rejections: Family<Because, Counter>,
    /// How long each transaction took, to the disk.
    pub commit_secs: Histogram,
    /// WebSockets that are open.
    pub sockets: Gauge,
    /// Frames that were handed to a socket.
    pub frames_sent: Counter,
    /// Frames that were merged into another because their client took none.
    pub frames_coalesced: Counter,
    /// Times that a client was so slow that it was sent where things stand instead.
    pub feeds_missed: Counter,
}

impl Default for Counters {
    fn default() -> Counters {
        let counters = Counters {
            items: Family::default(),
            deliveries: Family::default(),
            rejections: Family::default(),
            // From a quarter of a millisecond to four seconds.
            commit_secs: Histogram::new(exponential_buckets(0.000_25, 2.0, 15)),
            sockets: Gauge::default(),
            frames_sent: Counter::default(),
            frames_coalesced: Counter::default(),
            feeds_missed: Counter::default(),
        };
        for connector in CONNECTORS {
            counters.kept(connector, &Receipt::default());
            // A series that begins at 0 has a rate from its first event on.
            counters.deliveries.get_or_create(&Became { connector, outcome: "lost" }).inc_by(0);
        }
        counters
    }
}

impl Counters {
    /// A delivery is on disk, and became this.
    pub fn kept(&self, connector: &'static str, receipt: &Receipt) {
        let counts =
            [("accepted", receipt.accepted), ("duplicate", receipt.duplicates), ("rejected", receipt.rejected.len())];
        for (outcome, count) in counts {
            self.items.get_or_create(&Became { connector, outcome }).inc_by(count as u64);
        }
        for refused in &receipt.rejected {
            self.rejections.get_or_create(&Because { reason: refused.reason.as_str() }).inc();
        }
        let is_empty = counts.iter().all(|(_, count)| *count == 0);
        self.deliveries.get_or_create(&Became { connector, outcome: "kept" }).inc_by(u64::from(!is_empty));
    }

    /// A delivery was not kept, and its sender is told so.
    pub fn lost(&self, connector: &'static str) {
        self.deliveries.get_or_create(&Became { connector, outcome: "lost" }).inc();
    }

    /// Enters everything that is counted here under its name.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "ingest_items",
            "Samples and events that came in, by what became of them",
            self.items.clone(),
        );
        registry.register(
            "ingest_deliveries",
            "Messages and requests that came in: kept, or lost where the sender was told to try again",
            self.deliveries.clone(),
        );
        registry.register("ingest_rejections", "Samples and events that were rejected", self.rejections.clone());
        registry.register_with_unit(
            "store_commit",
            "How long each transaction took, to the disk",
            Unit::Seconds,
            self.commit_secs.clone(),
        );
        registry.register("stream_sockets", "WebSockets that are open", self.sockets.clone());
        registry.register("stream_frames_sent", "Frames handed to a socket", self.frames_sent.clone());
        registry.register(
            "stream_frames_coalesced",
            "Frames merged into another because their client took none",
            self.frames_coalesced.clone(),
        );
        registry.register(
            "stream_feeds_missed",
            "Times that a client was so slow that it was sent where things stand instead",
            self.feeds_missed.clone(),
        );
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::prometheus_text::encode;

    use super::*;
    use crate::{store::Refused, validate::Reason};

    #[test]
    fn what_became_of_deliveries_is_counted_by_connector_outcome_and_reason() {
        let counters = Counters::default();
        let rejected = [0, 3].map(|index| Refused { index, reason: Reason::Unit, detail: String::new() }).into();
        counters.kept("http", &Receipt { accepted: 2, duplicates: 1, rejected });
        counters.lost("mqtt");
        let mut registry = Registry::with_prefix("twinlight");
        counters.register(&mut registry);
        let mut text = String::new();
        encode(&mut text, &registry).unwrap();
        for line in [
            r#"twinlight_ingest_items_total{connector="http",outcome="accepted"} 2"#,
            r#"twinlight_ingest_items_total{connector="http",outcome="duplicate"} 1"#,
            r#"twinlight_ingest_items_total{connector="http",outcome="rejected"} 2"#,
            r#"twinlight_ingest_items_total{connector="mqtt",outcome="accepted"} 0"#,
            r#"twinlight_ingest_deliveries_total{connector="http",outcome="kept"} 1"#,
            r#"twinlight_ingest_deliveries_total{connector="mqtt",outcome="lost"} 1"#,
            r#"twinlight_ingest_rejections_total{reason="unit"} 2"#,
        ] {
            assert!(text.lines().any(|own| own == line), "{line}\n{text}");
        }
    }
}
