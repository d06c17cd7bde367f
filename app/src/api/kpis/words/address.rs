//! What of the page of key figures stands in its address.

use leptos_router::{location::RequestUrl, params::ParamsMap};
use services::kpi::{
    Question,
    calendar::{Length, MOST_BACK},
    report::Scope,
};

/// The names of what the address may carry.
pub const PERIOD: &str = "period";
pub const BACK: &str = "back";
pub const OF: &str = "of";
/// What an asset's id follows; no id has a colon in it.
const ASSET: &str = "asset:";

/// The address of the page, what it does not know left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Address {
    pub question: Question,
}

impl Address {
    /// Reads the part behind the question mark.
    pub fn read(search: &str) -> Address {
        let Ok(url) = RequestUrl::new(&format!("/kpis?{}", search.trim_start_matches('?'))).parse() else {
            return Address::default();
        };
        let get = |name: &str| url.search_params().get(name).map(|value| value.trim().to_owned());
        let length = get(PERIOD).and_then(|name| Length::parse(&name)).unwrap_or_default();
        let back = get(BACK).and_then(|back| back.parse().ok()).unwrap_or(0).min(MOST_BACK);
        let back = if length == Length::All { 0 } else { back };
        Address { question: Question { length, back, scope: scope(&get(OF).unwrap_or_default()) } }
    }

    /// A link to this page for another question.
    pub fn link(question: &Question) -> String {
        let mut map = ParamsMap::new();
        let Question { length, back, scope } = question;
        map.insert(PERIOD, length.as_str().to_owned());
        if *back > 0 {
            map.insert(BACK, back.to_string());
        }
        if *scope != Scope::Plant {
            map.insert(OF, value(scope));
        }
        format!("/kpis{}", map.to_query_string())
    }

    /// The same question of another part of the plant.
    pub fn of(&self, scope: Scope) -> String {
        Address::link(&Question { scope, ..self.question.clone() })
    }
}

fn scope(value: &str) -> Scope {
    match value.strip_prefix(ASSET) {
        _ if value.is_empty() => Scope::Plant,
        Some(id) => Scope::Asset(id.to_owned()),
        None => Scope::Place(value.trim_matches('/').to_owned()),
    }
}

/// How a part of the plant stands in the address.
pub fn value(scope: &Scope) -> String {
    match scope {
        Scope::Plant => String::new(),
        Scope::Place(path) => path.clone(),
        Scope::Asset(id) => format!("{ASSET}{id}"),
    }
}
