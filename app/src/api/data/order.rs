//! What the form of the quarantine asks for, as a rule, and what came of it, in words.

use services::{
    Services, StoreError,
    quarantine::{self, Choice, OutOfRange, QuarantineError, Report, Rule},
    store::quarantine::RejectionQuery,
};
use wire::view::data::{Cell, Look, Order, Outcome, Step};

use super::words::{Address, outcome_table, reason};

/// Until there are accounts, whoever calls.
const ACTOR: &str = "local";

/// Does what is asked; what is wrong with the rule is an outcome too.
pub async fn carry_out(services: &Services, order: Order) -> Result<Outcome, StoreError> {
    match attempt(services, &order).await {
        Ok(outcome) => Ok(outcome),
        Err(Refusal::Quarantine(QuarantineError::Store(error))) => Err(error),
        Err(refusal) => {
            let said = Cell::new(format!("Nothing was done: {refusal}.")).look(Look::Alarm);
            Ok(Outcome { said, items: None })
        }
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
}

async fn attempt(services: &Services, order: &Order) -> Result<Outcome, Refusal> {
    let choice = choice(order)?;
    let now = (services.clock)();
    match order.step {
        Step::Preview => {
            let report = quarantine::preview(services, choice, &rule(order)?).await?;
            let said = Cell::new(format!("Preview, nothing is changed: {}.", sum(&report, "would be")));
            Ok(Outcome { said, items: Some(outcome_table(&report, "What would become of each item")) })
        }
        Step::Readmit => {
            let report = quarantine::readmit(services, choice, &rule(order)?, ACTOR, now).await?;
            let said = Cell::new(format!("Done: {}.", sum(&report, "was")));
            Ok(Outcome { said, items: Some(outcome_table(&report, "What became of each item")) })
        }
        Step::Dismiss => {
            let note = field(order, "note").unwrap_or_default();
            let (_, items) = quarantine::dismiss(services, choice, note, ACTOR, now).await?;
            let items = if items == 1 { "1 item is".to_owned() } else { format!("{items} items are") };
            Ok(Outcome { said: Cell::new(format!("Done: {items} dismissed.")), items: None })
        }
    }
}

/// `2 of 3 items would be accepted, 1 still refused (Unit 1)`.
fn sum(report: &Report, verb: &str) -> String {
    let items = if report.items == 1 { "1 item".to_owned() } else { format!("{} items", report.items) };
    let verb = if report.accepted != 1 && verb == "was" { "were" } else { verb };
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

fn field<'a>(order: &'a Order, name: &str) -> Option<&'a str> {
    let found = order.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim());
    found.filter(|value| !value.is_empty())
}

fn choice(order: &Order) -> Result<Choice, Refusal> {
    if field(order, "scope") == Some("matching") {
        let search = order.fields.iter().find(|(name, _)| name == "search").map_or("", |(_, value)| value);
        // All pages of it.
        return Ok(Choice::Matching(RejectionQuery { before: None, ..Address::read(search).question().refused }));
    }
    if order.keys.is_empty() { Err(Refusal::Nothing) } else { Ok(Choice::Keys(order.keys.clone())) }
}

fn rule(order: &Order) -> Result<Rule, Refusal> {
    let text = |name| field(order, name).map(str::to_owned);
    let multiply = field(order, "multiply").map(|text| text.parse().map_err(|_| Refusal::Number(text.to_owned())));
    let out_of_range = match field(order, "out_of_range") {
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
