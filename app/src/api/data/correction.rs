//! What the form of the quarantine asks for, as a rule, and what came of it, in words.

use services::{
    Services, StoreError,
    quarantine::{self, Choice, OutOfRange, QuarantineError, Report, Rule},
    store::quarantine::RejectionQuery,
};

use super::words::{Address, outcome_table, reason};
use crate::sheet::Table;

/// Until there are accounts, whoever calls.
const ACTOR: &str = "local";

/// The fields of the form by name.
pub struct Form(pub Vec<(String, String)>);

/// What was said, what becomes of each item, and whether it was a preview.
type Told = (String, Option<Table>, bool);

/// Does what is asked; what is wrong with the rule is told too.
pub async fn carry_out(services: &Services, form: &Form) -> Result<Told, StoreError> {
    match attempt(services, form).await {
        Err(Refusal::Quarantine(QuarantineError::Store(error))) => Err(error),
        Err(refusal) => Ok((format!("Nothing was done: {refusal}."), None, false)),
        Ok(told) => Ok(told),
    }
}

#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("{0}")]
    Quarantine(#[from] QuarantineError),
    #[error("`multiply` is no number: `{0}`")]
    Number(String),
    #[error("no item is chosen")]
    Nothing,
    #[error("nothing was asked for")]
    NoStep,
}

async fn attempt(services: &Services, form: &Form) -> Result<Told, Refusal> {
    let (choice, now) = (form.choice()?, (services.clock)());
    match form.get("step") {
        Some("preview") => {
            let report = quarantine::preview(services, choice, &form.rule()?).await?;
            let said = format!("Preview, nothing is changed: {}.", sum(&report, "would be"));
            Ok((said, Some(outcome_table(&report, "What would become of each item")), true))
        }
        Some("readmit") => {
            let report = quarantine::readmit(services, choice, &form.rule()?, ACTOR, now).await?;
            let said = format!("Done: {}.", sum(&report, if report.accepted == 1 { "was" } else { "were" }));
            Ok((said, Some(outcome_table(&report, "What became of each item")), false))
        }
        Some("dismiss") => {
            let note = form.get("note").unwrap_or_default();
            let (_, items) = quarantine::dismiss(services, choice, note, ACTOR, now).await?;
            let items = if items == 1 { "1 item is".to_owned() } else { format!("{items} items are") };
            Ok((format!("Done: {items} dismissed."), None, false))
        }
        _ => Err(Refusal::NoStep),
    }
}

/// `of 3 items 2 would be accepted, 1 still refused (Unit 1)`.
fn sum(report: &Report, verb: &str) -> String {
    let items = if report.items == 1 { "1 item".to_owned() } else { format!("{} items", report.items) };
    let mut text = format!("of {items} {} {verb} accepted", report.accepted);
    if report.duplicates > 0 {
        text += &format!(", {} kept already", report.duplicates);
    }
    if !report.refused.is_empty() {
        let reasons: Vec<String> = report.refused.iter().map(|(why, n)| format!("{} {n}", reason(why))).collect();
        text += &format!(", {} still refused ({})", report.refused.values().sum::<usize>(), reasons.join(", "));
    }
    text
}

impl Form {
    /// What is written in a field; `None` for one that is empty.
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim());
        found.filter(|value| !value.is_empty())
    }

    fn choice(&self) -> Result<Choice, Refusal> {
        if self.get("scope") == Some("matching") {
            let address = Address::read(self.get("search").unwrap_or_default());
            // All pages of it.
            return Ok(Choice::Matching(RejectionQuery { before: None, ..address.question().refused }));
        }
        let keys = self.0.iter().filter(|(name, _)| name == "key").filter_map(|(_, key)| key.parse().ok());
        let keys: Vec<i64> = keys.collect();
        if keys.is_empty() { Err(Refusal::Nothing) } else { Ok(Choice::Keys(keys)) }
    }

    fn rule(&self) -> Result<Rule, Refusal> {
        let text = |name| self.get(name).map(str::to_owned);
        let multiply = self.get("multiply").map(|text| text.parse().map_err(|_| Refusal::Number(text.to_owned())));
        let out_of_range = match self.get("out_of_range") {
            Some(_) => OutOfRange::Accept,
            None => OutOfRange::Refuse,
        };
        Ok(Rule {
            asset: text("to_asset"),
            signal: text("to_signal"),
            unit: text("unit"),
            multiply: multiply.transpose()?,
            shift: text("shift"),
            out_of_range,
        })
    }
}
