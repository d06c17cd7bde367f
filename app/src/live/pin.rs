//! What a result is pinned to: the state that it began from and the hash that it came to, and how an address carries that.

use twin::{KERNEL_VERSION, Timestamp, twin::StateHash};

use super::{asset::LiveAsset, outlook::SEED};

/// The name of a pin in the address.
pub const KEY: &str = "pinned-at";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// The last entry that the twin had taken in.
    pub seq: u64,
    /// Until when the futures reach.
    pub until: Timestamp,
    /// The beginning of the model's hash.
    pub model: String,
    pub kernel: u32,
    /// Of the futures' noise.
    pub seed: u64,
    /// One a scenario that is shown, in their order.
    pub hashes: Vec<StateHash>,
}

impl Pin {
    /// Of what is shown of an asset; `None` where there is nothing, or the twin missed entries.
    pub fn of(asset: &LiveAsset) -> Option<Pin> {
        Pin::shown(asset).filter(|_| asset.is_sure())
    }

    /// Of what is shown, by whoever knows that the twin missed none.
    pub fn shown(asset: &LiveAsset) -> Option<Pin> {
        let shown = asset.shown().filter(|shown| shown.seq > 0)?;
        Some(Pin {
            seq: shown.seq,
            until: shown.until,
            model: model_of(asset),
            kernel: KERNEL_VERSION,
            seed: SEED,
            hashes: asset.results(),
        })
    }

    /// `4711*until*1577836800000000*model*ab12cd34*kernel*1*seed*1*hash*...`: an address leaves all of it as it is.
    pub fn write(&self) -> String {
        let Pin { seq, until, model, kernel, seed, hashes } = self;
        let hashes: Vec<String> = hashes.iter().map(words).collect();
        let hashes = hashes.join(".");
        format!("{seq}*until*{}*model*{model}*kernel*{kernel}*seed*{seed}*hash*{hashes}", until.0)
    }

    /// Reads what `write` wrote; `None` where that did not.
    pub fn read(text: &str) -> Option<Pin> {
        let (seq, rest) = text.split_once('*')?;
        let mut rest = rest.split('*');
        let mut after = |name: &str| rest.next().filter(|word| *word == name).and_then(|_| rest.next());
        let pin = Pin {
            seq: seq.parse().ok()?,
            until: Timestamp(after("until")?.parse().ok()?),
            model: after("model")?.to_string(),
            kernel: after("kernel")?.parse().ok()?,
            seed: after("seed")?.parse().ok()?,
            hashes: after("hash")?.split('.').map(hash).collect::<Option<_>>()?,
        };
        rest.next().is_none().then_some(pin)
    }

    /// What it was made with and this page is not, in sentences; empty where all of that is alike.
    pub fn otherwise(&self, asset: &LiveAsset) -> String {
        let parts = [
            ("kernel", self.kernel.to_string(), KERNEL_VERSION.to_string()),
            ("model", self.model.clone(), model_of(asset)),
            ("seed", self.seed.to_string(), SEED.to_string()),
        ];
        let other = parts.iter().filter(|(_, theirs, ours)| theirs != ours);
        let said = other.map(|(what, theirs, ours)| format!("Made with {what} {theirs}, this is {what} {ours}. "));
        said.collect()
    }
}

/// A hash at full length.
pub fn words(hash: &StateHash) -> String {
    format!("{:016x}", hash.0)
}

/// What `words` wrote, and nothing else.
fn hash(text: &str) -> Option<StateHash> {
    let hash = StateHash(u64::from_str_radix(text, 16).ok()?);
    (words(&hash) == text).then_some(hash)
}

fn model_of(asset: &LiveAsset) -> String {
    twin::hex::write(&asset.model.hash.0[..4])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin() -> Pin {
        Pin {
            seq: 4711,
            until: Timestamp(-5),
            model: "ab12cd34".to_string(),
            kernel: 3,
            seed: 1,
            hashes: vec![StateHash(0xab12), StateHash(u64::MAX)],
        }
    }

    #[test]
    fn an_address_carries_a_pin() {
        let text = pin().write();
        let hashes = "000000000000ab12.ffffffffffffffff";
        assert_eq!(text, format!("4711*until*-5*model*ab12cd34*kernel*3*seed*1*hash*{hashes}"));
        assert_eq!(Pin::read(&text), Some(pin()));
    }

    #[test]
    fn what_is_no_pin_is_none() {
        let whole = pin().write();
        for text in [
            "",
            "4711",
            "x*until*1",
            &whole[..whole.len() - 1],
            &format!("{whole}*more"),
            &whole.replace("seed", "sea"),
        ] {
            assert_eq!(Pin::read(text), None, "{text}");
        }
    }
}
