//! Contracts as one text, the same for equal contracts: what a revision keeps, and how an old one is read again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use twin::Span;

use super::{Contract, Contracts, Kind, Source, Stuck, duration};

/// A kept text that is no body of contracts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("contracts cannot be read: {0}")]
pub struct ContractError(String);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    assets: BTreeMap<String, BTreeMap<String, Form>>,
}

/// JSON has no infinity: an end that is not there is `null`.
type Ends = [Option<f64>; 2];

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    unit: String,
    kind: String,
    range: Ends,
    usual: Ends,
    #[serde(skip_serializing_if = "Option::is_none")]
    most_rate: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gap_after: Option<String>,
    ahead: String,
    late_after: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    stuck_after: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stuck_count: Option<u32>,
    class: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourceForm>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceForm {
    from: String,
    unit: String,
    scale: f64,
}

impl Contracts {
    /// The canonical text of all contracts, JSON with its keys in order: equal contracts have equal bodies.
    pub fn body(&self) -> String {
        let signals = |signals: &BTreeMap<String, Contract>| {
            signals.iter().map(|(name, contract)| (name.clone(), Form::of(contract))).collect()
        };
        let assets = self.assets.iter().map(|(name, own)| (name.clone(), signals(own))).collect();
        serde_json::to_string(&Body { assets }).expect("maps with text as keys, and finite numbers")
    }

    /// Reads what `body` wrote.
    pub fn parse(body: &str) -> Result<Contracts, ContractError> {
        let body: Body = serde_json::from_str(body).map_err(|error| ContractError(error.to_string()))?;
        let mut contracts = Contracts::default();
        for (asset, signals) in body.assets {
            for (signal, form) in signals {
                let contract = form.read().map_err(|why| ContractError(format!("`{asset}` `{signal}`: {why}")))?;
                contracts.insert(&asset, &signal, contract);
            }
        }
        Ok(contracts)
    }
}

impl Contract {
    /// The contract alone, as it stands in the body.
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!(Form::of(self))
    }
}

impl Form {
    fn of(contract: &Contract) -> Form {
        let text = |span: Option<Span>| span.map(duration::text);
        Form {
            unit: contract.unit.clone(),
            kind: contract.kind.as_str().to_owned(),
            range: contract.range.map(finite),
            usual: contract.usual.map(finite),
            most_rate: finite(contract.most_rate),
            period: text(contract.period),
            gap_after: text(contract.gap_after),
            ahead: duration::text(contract.ahead),
            late_after: duration::text(contract.late_after),
            stuck_after: text(contract.stuck.map(|stuck| stuck.over)),
            stuck_count: contract.stuck.map(|stuck| stuck.count),
            class: contract.class.clone(),
            source: contract.source.as_ref().map(|source| SourceForm {
                from: source.from.clone(),
                unit: source.unit.clone(),
                scale: source.scale,
            }),
        }
    }

    fn read(self) -> Result<Contract, String> {
        let span = |text: Option<String>| text.as_deref().map(duration::signed).transpose();
        let ends = |[low, high]: Ends| [low.unwrap_or(f64::NEG_INFINITY), high.unwrap_or(f64::INFINITY)];
        let stuck = span(self.stuck_after)?.zip(self.stuck_count).map(|(over, count)| Stuck { count, over });
        Ok(Contract {
            kind: Kind::parse(&self.kind).ok_or_else(|| format!("no kind `{}`", self.kind))?,
            unit: self.unit,
            range: ends(self.range),
            usual: ends(self.usual),
            most_rate: self.most_rate.unwrap_or(f64::INFINITY),
            period: span(self.period)?,
            gap_after: span(self.gap_after)?,
            ahead: duration::signed(&self.ahead)?,
            late_after: duration::signed(&self.late_after)?,
            stuck,
            class: self.class,
            source: self.source.map(|SourceForm { from, unit, scale }| Source { from, unit, scale }),
        })
    }
}

fn finite(number: f64) -> Option<f64> {
    number.is_finite().then_some(number)
}
