//! What a model file may say: its sections, the keys of each, and of what kind each value is.

/// Of what kind a value is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Text,
    Unit,
    /// A length of time, as `5 min`.
    Span,
    /// Money, as `1200 EUR`.
    Amount,
    Number,
    Pair,
    Flag,
    Formula,
    /// The name of something of the model.
    Name,
    Names,
    /// Names, each with a formula.
    Formulas,
    /// Names, each with a unit.
    Units,
    /// Numbers, each with a title.
    Titles,
    Numbers,
    /// Names, each with a number.
    Values,
    /// Times of day, each with a number.
    Times,
    One(&'static [&'static str]),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    pub name: &'static str,
    pub kind: Kind,
    pub required: bool,
}

/// A section, or what stands before all sections.
#[derive(Debug)]
pub(super) struct Shape {
    pub section: &'static str,
    pub keys: &'static [Key],
    /// The key of a value that stands for itself, as in `soc = "q / c"`.
    pub short: &'static str,
}

const fn must(name: &'static str, kind: Kind) -> Key {
    Key { name, kind, required: true }
}

const fn may(name: &'static str, kind: Kind) -> Key {
    Key { name, kind, required: false }
}

const fn shape(section: &'static str, keys: &'static [Key]) -> Shape {
    Shape { section, keys, short: "" }
}

pub(super) const TOP: Shape = shape(
    "",
    &[
        must("id", Kind::Text),
        must("title", Kind::Text),
        must("source", Kind::Text),
        must("step", Kind::Span),
        must("horizon", Kind::Span),
        must("headline", Kind::Name),
        may("method", Kind::One(&["euler", "heun", "rk4", "rosenbrock"])),
        may("false_alarm_every", Kind::Span),
        may("inflation", Kind::Number),
    ],
);

pub(super) const FUTURES: &[&str] = &["hold", "repeat_day", "constant", "schedule"];

pub(super) const SECTIONS: &[Shape] = &[
    shape(
        "input",
        &[
            may("title", Kind::Text),
            must("unit", Kind::Unit),
            must("range", Kind::Pair),
            may("initial", Kind::Number),
            must("future", Kind::One(FUTURES)),
            may("known", Kind::Flag),
            may("value", Kind::Number),
            may("schedule", Kind::Times),
            may("normal", Kind::Pair),
        ],
    ),
    shape(
        "signal",
        &[
            may("title", Kind::Text),
            must("unit", Kind::Unit),
            must("range", Kind::Pair),
            must("noise", Kind::Number),
            must("observes", Kind::Formula),
            may("corrects", Kind::Names),
            may("normal", Kind::Pair),
        ],
    ),
    shape(
        "parameter",
        &[
            may("title", Kind::Text),
            may("source", Kind::Text),
            must("unit", Kind::Unit),
            must("value", Kind::Number),
            may("bounds", Kind::Pair),
            may("calibrate", Kind::Flag),
            may("prior", Kind::One(&["normal", "lognormal", "uniform"])),
            may("spread", Kind::Number),
            may("drift", Kind::Number),
        ],
    ),
    shape(
        "cost",
        &[may("title", Kind::Text), may("source", Kind::Text), must("unit", Kind::Unit), must("value", Kind::Number)],
    ),
    shape(
        "table",
        &[
            may("title", Kind::Text),
            may("source", Kind::Text),
            must("in", Kind::Unit),
            must("out", Kind::Unit),
            must("x", Kind::Numbers),
            must("y", Kind::Numbers),
        ],
    ),
    Shape {
        section: "let",
        keys: &[
            may("title", Kind::Text),
            may("source", Kind::Text),
            may("unit", Kind::Unit),
            may("value", Kind::Formula),
            may("empirical", Kind::Formula),
            may("in", Kind::Units),
            may("out", Kind::Unit),
        ],
        short: "value",
    },
    shape("regime", &[may("title", Kind::Text), must("when", Kind::Formula)]),
    shape(
        "state",
        &[
            may("title", Kind::Text),
            must("unit", Kind::Unit),
            must("initial", Kind::Formula),
            may("rate", Kind::Formula),
            may("next", Kind::Formula),
            may("spread", Kind::Number),
            may("drift", Kind::Number),
            may("bounds", Kind::Pair),
        ],
    ),
    shape(
        "output",
        &[
            may("title", Kind::Text),
            must("unit", Kind::Unit),
            must("value", Kind::Formula),
            may("range", Kind::Pair),
            may("normal", Kind::Pair),
        ],
    ),
    shape("event", &[may("title", Kind::Text), may("when", Kind::Formula), must("set", Kind::Formulas)]),
    shape(
        "failure",
        &[
            may("title", Kind::Text),
            must("when", Kind::Formula),
            must("severity", Kind::One(&["stop", "warn"])),
            may("effects", Kind::Formulas),
            may("repair", Kind::Name),
            may("repair_time", Kind::Span),
            may("repair_cost", Kind::Amount),
        ],
    ),
    shape(
        "action",
        &[
            may("title", Kind::Text),
            must("set", Kind::Formulas),
            may("duration", Kind::Span),
            may("cost", Kind::Amount),
        ],
    ),
    shape(
        "slider",
        &[
            may("title", Kind::Text),
            must("of", Kind::Name),
            may("as", Kind::One(&["set", "scale", "add"])),
            must("min", Kind::Number),
            must("max", Kind::Number),
            must("step", Kind::Number),
        ],
    ),
    shape(
        "learned",
        &[
            may("title", Kind::Text),
            may("source", Kind::Text),
            must("sealed", Kind::Text),
            may("inputs", Kind::Names),
            may("in", Kind::Units),
            may("reference", Kind::Name),
            must("every", Kind::Span),
            may("row", Kind::Text),
            may("unit", Kind::Unit),
            may("states", Kind::Titles),
            may("normal", Kind::Number),
        ],
    ),
    shape("preset", &[may("title", Kind::Text), must("sliders", Kind::Values)]),
];

/// Sections of a composition, which is put together before it is read as a model.
pub(super) const JOINING: &[Shape; 2] = &[
    shape("part", &[may("title", Kind::Text), must("model", Kind::Name), may("set", Kind::Values)]),
    Shape { section: "connect", keys: &[must("value", Kind::Formula)], short: "value" },
];

impl Kind {
    /// What is expected, for whom wrote something else.
    pub(super) fn wanted(self) -> &'static str {
        match self {
            Kind::Text => "a text in quotes",
            Kind::Unit => "a unit in quotes, as \"kW\"",
            Kind::Span => "a length of time, as \"5 min\"",
            Kind::Amount => "an amount of money, as \"1200 EUR\"",
            Kind::Number => "a number",
            Kind::Pair => "two numbers, as `[0, 5]`",
            Kind::Flag => "`true` or `false`",
            Kind::Formula => "an expression in quotes, or a number",
            Kind::Name => "a name in quotes",
            Kind::Names => "a list of names in quotes",
            Kind::Formulas => "a table of expressions, as `{ x = \"0\" }`",
            Kind::Units => "a table of units, as `{ x = \"degC\" }`",
            Kind::Titles => "a table of titles, as `{ 3 = \"worn\" }`",
            Kind::Numbers => "a list of numbers",
            Kind::Values => "a table of numbers, as `{ load = 1.2 }`",
            Kind::Times => "a list of times and values, as `[[\"06:00\", 40], [\"22:00\", 10]]`",
            Kind::One(_) => "one of a few words in quotes",
        }
    }
}
