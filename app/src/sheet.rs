//! The data page in words: sections of tables. Only the server makes it, and sends what components make of it: a
//! browser would need a fifth more code to do the same.

use twin::Timestamp;

/// All of the data page.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The server's wall clock when this was gathered.
    pub now: Timestamp,
    /// What is to be looked at, worst first; empty where all is well.
    pub findings: Vec<Cell>,
    pub sections: Vec<Section>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Section {
    /// What the address calls it.
    pub id: String,
    pub title: String,
    /// What it says, in a sentence.
    pub lead: String,
    pub filter: Option<Filter>,
    pub tables: Vec<Table>,
    /// Whether refused items are corrected from here.
    pub has_correction: bool,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    pub caption: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// What stands there where there is no row.
    pub none: String,
    /// The next page: its address.
    pub next: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub title: String,
    pub is_number: bool,
}

/// One line of a table; its first cell says what it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// By what it can be chosen, where it can be.
    pub key: Option<i64>,
    pub cells: Vec<Cell>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cell {
    pub text: String,
    /// An instant that is shown in the reader's own time, before the text.
    pub t: Option<Timestamp>,
    pub link: Option<String>,
    pub look: Look,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
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
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    pub title: String,
    /// The section that it is sent from.
    pub section: String,
    pub fields: Vec<Field>,
    /// What else the address carries.
    pub kept: Vec<(String, String)>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Field {
    pub name: String,
    pub title: String,
    pub value: String,
    /// Values and their words; where there is none, anything can be written.
    pub options: Vec<(String, String)>,
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
