//! Titles of things that are shown beside each other: nobody could tell two apart that have the same.

use alloc::{collections::BTreeMap, format, string::String};

use super::Reader;

/// Sections whose entries stand in one list on a page or in a table.
const LISTS: &[&[&str]] = &[
    &["input", "signal", "output"],
    &["state"],
    &["parameter", "cost"],
    &["regime"],
    &["event", "action"],
    &["failure"],
    &["slider"],
    &["preset"],
    &["learned"],
];

impl Reader<'_> {
    pub(super) fn titles(&mut self) {
        let document = self.document;
        for list in LISTS {
            let mut known: BTreeMap<String, (&str, &str)> = BTreeMap::new();
            for (section, row) in
                list.iter().flat_map(|section| document.rows(section).iter().map(move |row| (section, row)))
            {
                let (title, name) = (row.title(), row.name.text.as_str());
                match known.get(&title.to_lowercase()) {
                    None => {
                        known.insert(title.to_lowercase(), (section, name));
                    }
                    // That a name stands there twice is said where names are.
                    Some((_, other)) if *other == name => {}
                    Some((before, other)) => {
                        let at = row.text("title").map_or(row.name.at, |title| title.at);
                        let message = format!(
                            "{section} `{name}` and {before} `{other}` are both called `{title}`: nobody could tell them \
                             apart on a page"
                        );
                        self.error(at, message);
                    }
                }
            }
        }
    }
}
