//! The data page in words: sections of tables, so that a browser needs to know nothing but tables.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use serde::{Deserialize, Serialize};
use twin::Timestamp;

/// All of the data page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataView {
    /// The server's wall clock when this was gathered.
    pub now: Timestamp,
    /// What is to be looked at, worst first; empty where all is well.
    pub findings: Vec<Cell>,
    pub sections: Vec<Section>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// What the address calls it.
    pub id: String,
    pub title: String,
    /// What it says, in a sentence.
    pub lead: String,
    pub filter: Option<Filter>,
    pub tables: Vec<Table>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    pub caption: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// What stands there where there is no row.
    pub none: String,
    /// The next page: its address.
    pub next: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    pub title: String,
    pub is_number: bool,
}

/// One line of a table; its first cell says what it is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// By what it can be chosen, where it can be.
    pub key: Option<i64>,
    pub cells: Vec<Cell>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    pub text: String,
    /// An instant that is shown in the reader's own time, before the text.
    pub t: Option<Timestamp>,
    pub link: Option<String>,
    pub look: Look,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Look {
    #[default]
    Plain,
    /// Somebody else's text, to the letter.
    Code,
    Muted,
    Warn,
    Alarm,
}

/// What narrows a section down; its values stand in the address.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    pub title: String,
    /// The section that it is sent from.
    pub section: String,
    pub fields: Vec<Field>,
    /// What else the address carries.
    pub kept: Vec<(String, String)>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    pub title: String,
    pub value: String,
    /// Values and their words; where there is none, anything can be written.
    pub options: Vec<(String, String)>,
}

/// What is done with refused items that were chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    pub step: Step,
    pub keys: Vec<i64>,
    /// The fields of the form by name.
    pub fields: Vec<(String, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    Preview,
    Readmit,
    Dismiss,
}

/// What came of an order, or would.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    pub said: Cell,
    pub items: Option<Table>,
}

impl Column {
    pub fn text(title: &str) -> Column {
        Column { title: title.to_string(), is_number: false }
    }

    pub fn number(title: &str) -> Column {
        Column { title: title.to_string(), is_number: true }
    }
}

impl From<Vec<Cell>> for Row {
    fn from(cells: Vec<Cell>) -> Row {
        Row { key: None, cells }
    }
}

impl Cell {
    pub fn new(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), ..Cell::default() }
    }

    pub fn at(t: Timestamp) -> Cell {
        Cell { t: Some(t), ..Cell::default() }
    }

    /// The same, leading somewhere.
    pub fn to(self, link: impl Into<String>) -> Cell {
        Cell { link: Some(link.into()), ..self }
    }

    pub fn look(self, look: Look) -> Cell {
        Cell { look, ..self }
    }
}
