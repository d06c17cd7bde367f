//! The pages about the language: every block of model in them is read, and every error in them is said.

use std::collections::BTreeSet;

use twin::{Model, model::outline};

use super::{following::model, language::errors};

pub const LANGUAGE: &str = include_str!("../../../../server/models/LANGUAGE.md");
const KETTLE: &str = include_str!("../../../../server/models/KETTLE.md");

/// The blocks of a page: the words after the fence, and the text.
pub fn blocks(page: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(words), None) => open = Some((words.to_owned(), String::new())),
            (None, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    found
}

/// The sections of a model file in order, each with its lines.
fn sections(text: &str) -> Vec<(String, Vec<String>)> {
    let mut found = vec![(String::new(), Vec::new())];
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            Some(header) => found.push((header.to_owned(), Vec::new())),
            None => found.last_mut().unwrap().1.push(line.to_owned()),
        }
    }
    found
}

/// `base` with the entries of `more`: one of the same name takes the place of the first, `# without NAME` takes it away.
fn merged(base: &str, more: &str) -> String {
    let mut all = sections(base);
    for (header, lines) in sections(more) {
        if !all.iter().any(|(own, _)| *own == header) {
            all.push((header.clone(), Vec::new()));
        }
        let own = &mut all.iter_mut().find(|(own, _)| *own == header).unwrap().1;
        for line in lines {
            let name = |line: &str| line.split('=').next().map(|name| name.trim().to_owned());
            let without = line.strip_prefix("# without ").map(str::to_owned);
            let gone = without.clone().or_else(|| name(&line));
            own.retain(|known| header.is_empty() || name(known) != gone);
            if without.is_none() {
                own.push(line);
            }
        }
    }
    let section = |(header, lines): (String, Vec<String>)| {
        let header = if header.is_empty() { header } else { format!("[{header}]\n") };
        format!("{header}{}\n", lines.join("\n"))
    };
    all.into_iter().map(section).collect()
}

/// Reads every block of a page. Fragments are added to the whole that came before, one upon the other where the page
/// builds one model up. How many blocks there were.
fn check(page: &str, builds_up: bool) -> usize {
    let blocks = blocks(page);
    let mut whole = String::new();
    for (index, (words, text)) in blocks.iter().enumerate() {
        match words.as_str() {
            "toml" => {
                model(text);
                whole = text.clone();
            }
            "toml fragment" => {
                let more = merged(&whole, text);
                if let Err(errors) = Model::parse(&more) {
                    panic!("{text}\n{errors:#?}");
                }
                if builds_up {
                    whole = more;
                }
            }
            "toml wrong" => {
                let (words, said) = &blocks[index + 1];
                assert_eq!(words, "text", "errors follow what is wrong");
                assert_eq!(errors(&merged(&whole, text)), said.lines().collect::<Vec<_>>(), "{text}");
            }
            "text" => {}
            other => panic!("a block of `{other}`"),
        }
    }
    blocks.len()
}

#[test]
fn every_block_of_the_reference_is_read() {
    assert!(check(LANGUAGE, false) >= 14);
}

#[test]
fn the_kettle_is_built_up_block_by_block() {
    assert!(check(KETTLE, true) >= 6);
}

#[test]
fn the_reference_names_every_section_key_function_and_method() {
    let (sections, functions) = outline::vocabulary();
    for (section, keys) in sections {
        let row = LANGUAGE.lines().find(|line| line.starts_with(&format!("| `{section}` |")));
        let row = row.or_else(|| LANGUAGE.lines().find(|line| section.is_empty() && line.starts_with("| (first) |")));
        let row = row.unwrap_or_else(|| panic!("the reference has no row for `{section}`"));
        for (key, required) in keys {
            let written =
                if required && !matches!(section, "connect") { format!("**`{key}`**") } else { format!("`{key}`") };
            assert!(row.contains(&written), "`{key}` of `{section}` is not in the reference as {written}");
        }
    }
    let missing: BTreeSet<&str> =
        functions.into_iter().filter(|name| !LANGUAGE.contains(&format!("{name}("))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
