//! How far the playback has come, as the server says: what it has kept, and where its clocks stand.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use serde::Deserialize;
use twin::Timestamp;

use super::{Post, Posted, publish::Lost};

/// The newest entries of an asset that are compared one by one; what is older than they are is taken as kept.
const COMPARED: u64 = 5_000;

#[derive(Deserialize)]
struct Plant {
    assets: Vec<Asset>,
}

#[derive(Deserialize)]
struct Asset {
    id: String,
    clock: Clock,
    seq: u64,
    signals: Vec<Signal>,
}

#[derive(Deserialize)]
struct Clock {
    now: i64,
    rate: f64,
}

#[derive(Deserialize)]
struct Signal {
    from: String,
    number: u16,
}

#[derive(Deserialize)]
struct Samples {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    t: i64,
    signal: Option<u16>,
    event: Option<String>,
}

/// Where the server stood at `asked`.
pub struct Stand {
    asked: Instant,
    assets: BTreeMap<String, AssetStand>,
}

struct AssetStand {
    now: Timestamp,
    rate: f64,
    signals: BTreeMap<String, u16>,
    kept: BTreeSet<(i64, u16)>,
    events: BTreeSet<String>,
    /// Everything of before this is kept.
    since: i64,
}

impl Stand {
    /// Asks `server`, such as `http://127.0.0.1:3000`.
    pub async fn ask(server: &str) -> Result<Stand, Lost> {
        let server = server.trim_end_matches('/').to_string();
        let asking = tokio::task::spawn_blocking(move || Stand::ask_blocking(&server));
        asking.await.map_err(|error| Lost(error.to_string()))?.map_err(|error| Lost(format!("the server: {error}")))
    }

    fn ask_blocking(server: &str) -> Result<Stand, ureq::Error> {
        let plant: Plant = get(&format!("{server}/api/v1/plant"))?;
        let asked = Instant::now();
        let mut assets = BTreeMap::new();
        for asset in plant.assets {
            let after = asset.seq.saturating_sub(COMPARED);
            let url = format!("{server}/api/v1/samples?asset={}&after_seq={after}&limit={COMPARED}", asset.id);
            let samples: Samples = get(&url)?;
            let since = if after == 0 { None } else { samples.entries.iter().map(|entry| entry.t).min() };
            let mut stand = AssetStand {
                now: Timestamp(asset.clock.now),
                rate: asset.clock.rate,
                signals: asset.signals.into_iter().map(|signal| (signal.from, signal.number)).collect(),
                kept: BTreeSet::new(),
                events: BTreeSet::new(),
                since: since.unwrap_or(i64::MIN),
            };
            for entry in samples.entries {
                stand.kept.extend(entry.signal.map(|signal| (entry.t, signal)));
                stand.events.extend(entry.event);
            }
            assets.insert(asset.id, stand);
        }
        Ok(Stand { asked, assets })
    }

    /// Whether the server has kept this already.
    pub fn has(&self, post: &Post) -> bool {
        let Some(asset) = self.assets.get(&post.asset) else { return true };
        if post.t.0 < asset.since {
            return true;
        }
        match &post.what {
            Posted::Sample { signal, .. } => {
                asset.signals.get(signal).is_none_or(|number| asset.kept.contains(&(post.t.0, *number)))
            }
            Posted::Event { id, .. } => asset.events.contains(id),
        }
    }

    /// When the asset's clock reaches the post; `None` for an asset that the server does not have.
    pub fn due(&self, post: &Post) -> Option<Instant> {
        let asset = self.assets.get(&post.asset)?;
        let ahead = (post.t - asset.now).secs() / asset.rate;
        Some(self.asked + Duration::try_from_secs_f64(ahead.max(0.0)).unwrap_or(Duration::MAX / 4))
    }
}

fn get<T: serde::de::DeserializeOwned>(url: &str) -> Result<T, ureq::Error> {
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(10))).build().into();
    agent.get(url).call()?.body_mut().read_json()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(t: i64, signal: &str, expected: bool) {
        let asset = AssetStand {
            now: Timestamp(100),
            rate: 60.0,
            signals: BTreeMap::from([("voltage".to_string(), 1)]),
            kept: BTreeSet::from([(60, 1)]),
            events: BTreeSet::new(),
            since: 50,
        };
        let stand = Stand { asked: Instant::now(), assets: BTreeMap::from([("cell".to_string(), asset)]) };
        let what = Posted::Sample { signal: signal.into(), value: 0.0, unit: "V".into() };
        assert_eq!(stand.has(&Post { t: Timestamp(t), asset: "cell".into(), line: 0, what }), expected, "{t} {signal}");
    }

    #[test]
    fn what_is_kept_is_not_sent_again_and_what_is_missing_is() {
        check(49, "voltage", true);
        check(60, "voltage", true);
        check(55, "voltage", false);
        check(90, "voltage", false);
    }

    #[test]
    fn what_the_server_does_not_know_is_not_sent() {
        check(90, "pressure", true);
    }
}
