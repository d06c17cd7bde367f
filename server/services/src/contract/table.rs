//! A signal's keys in the plant file: how its values come in and what is agreed of them. See `read` for the grammar.

use toml::{Table, Value};
use twin::{
    Span,
    id::AssetId,
    model::Signal,
    unit::{Unit, meant},
};

use super::{Contract, Kind, Retention, STANDARD, Source, Stuck, duration};
use crate::catalog::Conversion;

const KEYS: [&str; 14] = [
    "from",
    "unit",
    "scale",
    "kind",
    "range",
    "usual",
    "most_rate",
    "period",
    "gap_after",
    "ahead",
    "late_after",
    "stuck_after",
    "stuck_count",
    "class",
];
/// Equal values in a row that make a signal stuck, where the plant file does not say.
const STUCK_COUNT: u32 = 10;
/// Periods without a sample that make a gap, where the plant file does not say.
const GAP_PERIODS: i64 = 3;

/// Reads the table of a signal at `path` of the thing called `name`.
///
/// | key | example | without it |
/// | --- | --- | --- |
/// | `from` | `"voltage"`, the id in topics and HTTP | a fault |
/// | `unit` | `"mV"`, of values that come without one | the model's |
/// | `scale` | `-1`, what values are multiplied with in the model's unit | 1 |
/// | `kind` | `"number"`, `"integer"`, `"boolean"`, `"counter"` | `"number"` |
/// | `range` | `[0, 4.5]` within the model's: outside is refused | the model's |
/// | `usual` | `[2.5, 4.2]` within `range`: outside is uncertain | `range` |
/// | `most_rate` | `"0.5 V/s"`: a faster change is uncertain | any |
/// | `period` | `"1 s"`, from sample to sample | none is expected |
/// | `gap_after` | `"5 s"`: a longer time without a sample is a gap | 3 periods |
/// | `ahead` | `"1 min"`: further ahead of the asset's clock is refused | 1 min |
/// | `late_after` | `"5 min"`: further behind the newest sample is late | 5 min |
/// | `stuck_after` | `"10 min"` of equal values | never stuck |
/// | `stuck_count` | `20` equal values at least | 10 |
/// | `class` | `"fast"`, one of `[retention]` | `"standard"` |
pub(crate) fn read(
    table: &Table,
    signal: &Signal,
    classes: &Retention,
    (name, path): (&str, &str),
    faults: &mut Vec<String>,
) -> Contract {
    let mut keys = Keys { table, name, path, faults };
    keys.refuse_unknown(&KEYS);
    let own = Contract::of_model(&signal.unit, signal.range);
    let kind = keys.kind();
    let widest = if kind == Kind::Boolean { [own.range[0].max(0.0), own.range[1].min(1.0)] } else { own.range };
    let range = keys.pair_within("range", widest, "the model's range");
    let usual = keys.pair_within("usual", range, "`range`");
    let period = keys.span("period");
    let gap_after = keys.span("gap_after").or(period.map(|period| Span(period.0 * GAP_PERIODS)));
    if let (Some(period), Some(gap_after)) = (period, gap_after)
        && gap_after < period
    {
        keys.fault("gap_after", " is shorter than `period`");
    }
    let most_rate = keys.rate(&signal.unit);
    Contract {
        kind,
        range,
        usual,
        most_rate,
        period,
        gap_after,
        ahead: keys.span("ahead").unwrap_or(own.ahead),
        late_after: keys.span("late_after").unwrap_or(own.late_after),
        stuck: keys.stuck(),
        class: keys.class(classes),
        source: keys.source(&signal.unit),
        unit: own.unit,
    }
}

/// Reads `[retention]`: how long a class of samples is kept, as `fast = "30 d"`.
pub(crate) fn retention(table: &Table, faults: &mut Vec<String>) -> Retention {
    let mut keys = Keys { table, name: "plant", path: "retention", faults };
    let mut classes = Retention::from([(STANDARD.to_owned(), None)]);
    for class in table.keys() {
        if AssetId::parse(class).is_err() {
            keys.fault(class, " is no id");
        }
        classes.insert(class.clone(), keys.span(class));
    }
    classes
}

/// The keys of one table; what is wrong with any of them is noted, and reading goes on.
struct Keys<'a> {
    table: &'a Table,
    /// Whose table it is, and where it stands there: what faults name.
    name: &'a str,
    path: &'a str,
    faults: &'a mut Vec<String>,
}

impl<'a> Keys<'a> {
    fn fault(&mut self, key: &str, what: &str) {
        self.faults.push(format!("{}: `{}.{key}`{what}", self.name, self.path));
    }

    fn refuse_unknown(&mut self, known: &[&str]) {
        let table = self.table;
        for key in table.keys().filter(|key| !known.contains(&key.as_str())) {
            self.fault(key, " is no key of this table");
        }
    }

    fn text(&mut self, key: &str) -> Option<&'a str> {
        match self.table.get(key)? {
            Value::String(text) => Some(text),
            other => {
                self.fault(key, &format!(" must be text, not `{}`", other.type_str()));
                None
            }
        }
    }

    fn number(&mut self, key: &str) -> Option<f64> {
        let found = self.table.get(key)?;
        if number(found).is_none() {
            self.fault(key, &format!(" must be a number, not `{}`", found.type_str()));
        }
        number(found)
    }

    fn span(&mut self, key: &str) -> Option<Span> {
        let text = self.text(key)?;
        duration::parse(text).map_err(|why| self.fault(key, &format!(": {why}"))).ok()
    }

    fn pair_within(&mut self, key: &str, [low, high]: [f64; 2], whose: &str) -> [f64; 2] {
        let Some(found) = self.table.get(key) else { return [low, high] };
        let pair = found.as_array().map(|pair| pair.iter().map(number).collect::<Vec<_>>());
        let Some([Some(from), Some(to)]) = pair.as_deref() else {
            self.fault(key, " must be two numbers, as `[0, 5]`");
            return [low, high];
        };
        if from > to || from.is_nan() || to.is_nan() {
            self.fault(key, &format!(" `[{from}, {to}]` is empty"));
        } else if *from < low || *to > high {
            self.fault(key, &format!(" `[{from}, {to}]` is wider than {whose} `[{low}, {high}]`"));
        } else {
            return [*from, *to];
        }
        [low, high]
    }

    fn kind(&mut self) -> Kind {
        let Some(text) = self.text("kind") else { return Kind::Number };
        Kind::parse(text).unwrap_or_else(|| {
            self.fault("kind", &format!(" must be number, integer, boolean or counter, not `{text}`"));
            Kind::Number
        })
    }

    /// The fastest change, per second and in the signal's unit.
    fn rate(&mut self, own: &str) -> f64 {
        let Some(text) = self.text("most_rate") else { return f64::INFINITY };
        let read = || {
            let (number, unit) = text.split_once(' ')?;
            let (number, unit, own) = (number.parse::<f64>().ok()?, Unit::parse(unit).ok()?, Unit::parse(own).ok()?);
            let mut dimension = own.dimension;
            dimension[2] -= 1;
            // Of a change only the size of the unit counts, not where its scale starts.
            let rate = number * unit.factor / own.factor;
            (unit.dimension == dimension && rate > 0.0 && rate.is_finite()).then_some(rate)
        };
        read().unwrap_or_else(|| {
            self.fault("most_rate", &format!(" `{text}` is no change of `{own}`, as `0.5 V/s` or `2 K/min`"));
            f64::INFINITY
        })
    }

    fn stuck(&mut self) -> Option<Stuck> {
        let count = self.number("stuck_count");
        if let Some(count) = count
            && !(count.fract() == 0.0 && (2.0..=1e9).contains(&count))
        {
            self.fault("stuck_count", &format!(" must be a whole number from 2, not `{count}`"));
        }
        if count.is_some() && !self.table.contains_key("stuck_after") {
            self.fault("stuck_count", " says nothing without `stuck_after`");
        }
        let over = self.span("stuck_after")?;
        Some(Stuck { count: count.map_or(STUCK_COUNT, |count| count as u32), over })
    }

    fn class(&mut self, classes: &Retention) -> String {
        let class = self.text("class").unwrap_or(STANDARD);
        if !classes.contains_key(class) {
            self.fault("class", &format!(" names `{class}`, and `[retention]` has no such class"));
        }
        class.to_owned()
    }

    fn source(&mut self, own: &str) -> Option<Source> {
        let unit = self.text("unit").unwrap_or(own);
        if Conversion::between(unit, own).is_none() {
            let hint = meant::instead(unit, own).map_or_else(String::new, |hint| format!("; {hint}"));
            self.fault("unit", &format!(": `{unit}` does not fit `{own}`{hint}"));
        }
        let scale = self.number("scale").unwrap_or(1.0);
        if !scale.is_finite() || scale == 0.0 {
            self.fault("scale", " must be a number other than 0");
        }
        if !self.table.contains_key("from") {
            self.fault("from", " is missing");
        }
        let from = self.text("from")?;
        if AssetId::parse(from).is_err() {
            self.fault("from", &format!(" is no id: `{from}`"));
        }
        Some(Source { from: from.to_owned(), unit: unit.to_owned(), scale })
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}
