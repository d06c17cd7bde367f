//! What of the data page stands in its address.

use leptos_router::{location::RequestUrl, params::ParamsMap};
use services::{
    quality::EventKind,
    report::{EventQuestion, Question},
    store::quarantine::RejectionQuery,
};

/// The names of what the address may carry.
pub const ASSET: &str = "asset";
pub const SIGNAL: &str = "signal";
pub const REASON: &str = "reason";
pub const STATE: &str = "state";
pub const BEFORE: &str = "before";
pub const KIND: &str = "kind";
pub const EVENTS_BEFORE: &str = "events_before";
pub const SEQ: &str = "seq";

/// Items in any state.
pub const ANY: &str = "any";
/// Items that wait: what is shown unless something else is asked for.
pub const OPEN: &str = "open";

const NAMES: [&str; 8] = [ASSET, SIGNAL, REASON, STATE, BEFORE, KIND, EVENTS_BEFORE, SEQ];

/// The address of the page, what it does not know left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Address(Vec<(&'static str, String)>);

impl Address {
    /// Reads the part behind the question mark.
    pub fn read(search: &str) -> Address {
        let url = RequestUrl::new(&format!("/data?{}", search.trim_start_matches('?'))).parse();
        let Ok(url) = url else { return Address::default() };
        let given = |name: &'static str| {
            let value = url.search_params().get(name)?;
            let value = value.trim();
            (!value.is_empty()).then(|| (name, value.to_owned()))
        };
        Address(NAMES.into_iter().filter_map(given).collect())
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// A link to this page's `section` with `changed` in the place of what stands there now.
    pub fn link(&self, section: &str, changed: &[(&'static str, String)]) -> String {
        let kept = self.0.iter().filter(|(name, _)| changed.iter().all(|(other, _)| other != name));
        let map: ParamsMap = kept.chain(changed).map(|(name, value)| (*name, value.clone())).collect();
        format!("/data{}#{section}", map.to_query_string())
    }

    /// All that is not among `names`.
    pub fn others(&self, names: &[&str]) -> Vec<(String, String)> {
        let kept = self.0.iter().filter(|(name, _)| !names.contains(name));
        kept.map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    pub fn question(&self) -> Question {
        let text = |name| self.get(name).map(str::to_owned);
        let number = |name| self.get(name).and_then(|value| value.parse::<i64>().ok());
        let state = self.get(STATE).unwrap_or(OPEN);
        Question {
            asset: text(ASSET),
            events: EventQuestion { kind: self.get(KIND).and_then(EventKind::parse), before: number(EVENTS_BEFORE) },
            refused: RejectionQuery {
                asset: text(ASSET),
                signal: text(SIGNAL),
                reason: text(REASON),
                state: (state != ANY).then(|| state.to_owned()),
                before: number(BEFORE),
                ..RejectionQuery::default()
            },
            seq: number(SEQ).and_then(|seq| u64::try_from(seq).ok()),
        }
    }
}
