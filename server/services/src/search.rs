//! Finds assets and their quantities by words: in titles, ids and places.

use crate::catalog::{Asset, Catalog};

/// What was found, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub asset: String,
    /// The name of the quantity; `None` where the asset itself is meant.
    pub quantity: Option<String>,
    pub title: String,
    /// Where it belongs: the place of an asset, the asset of a quantity.
    pub place: String,
}

/// How well words fit to a thing: the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// The words are the whole title or id.
    Whole,
    /// The title begins with them.
    Beginning,
    /// Each of them begins a word.
    Words,
    /// Each of them stands somewhere.
    Somewhere,
}

/// Everything of `catalog` that has all of `words` in it, the best fit first, assets before quantities of the same fit.
pub fn find(catalog: &Catalog, words: &str) -> Vec<Hit> {
    let asked = Asked::new(words);
    if asked.words.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(Fit, bool, Hit)> = Vec::new();
    for asset in catalog.assets() {
        let of_asset = [asset.title.as_str(), asset.id.as_str(), asset.path.as_str(), asset.model.title.as_str()];
        if let Some(fit) = asked.fit(&of_asset, &[]) {
            found.push((fit, false, hit_of(asset)));
        }
        for quantity in &asset.model.quantities {
            if let Some(fit) = asked.fit(&[&quantity.title, &quantity.name], &of_asset) {
                let place = asset.title.clone();
                let (name, title) = (Some(quantity.name.clone()), quantity.title.clone());
                found.push((fit, true, Hit { asset: asset.id.to_string(), quantity: name, title, place }));
            }
        }
    }
    // Stable: within a fit, the plant's order.
    found.sort_by_key(|(fit, is_quantity, _)| (*fit, *is_quantity));
    found.into_iter().map(|(_, _, hit)| hit).collect()
}

/// Whether `words` fit to the text of anything else, as the title of a page.
pub fn fits(words: &str, texts: &[&str]) -> bool {
    let asked = Asked::new(words);
    !asked.words.is_empty() && asked.fit(texts, &[]).is_some()
}

fn hit_of(asset: &Asset) -> Hit {
    let place = if asset.path.is_empty() { asset.model.title.clone() } else { asset.path.clone() };
    Hit { asset: asset.id.to_string(), quantity: None, title: asset.title.clone(), place }
}

/// Nobody asks by more; each is looked for in every text.
const MOST_WORDS: usize = 16;

struct Asked {
    whole: String,
    words: Vec<String>,
}

impl Asked {
    fn new(words: &str) -> Asked {
        let whole = words.trim().to_lowercase();
        Asked { words: whole.split_whitespace().take(MOST_WORDS).map(str::to_string).collect(), whole }
    }

    /// How the words fit to `own` texts; words that are only in the `around` ones help to tell things apart, but one has
    /// to be in the thing's own.
    fn fit(&self, own: &[&str], around: &[&str]) -> Option<Fit> {
        let lower = |texts: &[&str]| texts.iter().map(|text| text.to_lowercase()).collect::<Vec<String>>();
        let (own, around) = (lower(own), lower(around));
        if own.iter().take(2).any(|text| *text == self.whole) {
            return Some(Fit::Whole);
        }
        if own.first().is_some_and(|title| title.starts_with(&self.whole)) {
            return Some(Fit::Beginning);
        }
        let everywhere: Vec<&String> = own.iter().chain(&around).collect();
        if !self.words.iter().any(|word| own.iter().any(|text| text.contains(word))) {
            return None;
        }
        if self.words.iter().all(|word| everywhere.iter().any(|text| begins_a_word(text, word))) {
            return Some(Fit::Words);
        }
        let all = self.words.iter().all(|word| everywhere.iter().any(|text| text.contains(word)));
        all.then_some(Fit::Somewhere)
    }
}

fn begins_a_word(text: &str, word: &str) -> bool {
    text.split(|sign: char| !sign.is_alphanumeric()).any(|part| part.starts_with(word)) || text.starts_with(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::cells;

    const PLANT: &str = r#"
        [[asset]]
        id = "cell-1"
        title = "Cell on the left"
        path = "north/lab"
        model = "cell"

        [[asset]]
        id = "cell-2"
        title = "Second cell"
        path = "south/lab"
        model = "cell"
    "#;

    fn check(words: &str, expected: &[&str]) {
        let said = |hit: Hit| match hit.quantity {
            Some(quantity) => format!("{}: {quantity}", hit.asset),
            None => hit.asset,
        };
        let found: Vec<String> = find(&cells(PLANT), words).into_iter().map(said).take(expected.len().max(1)).collect();
        assert_eq!(found, expected, "{words}");
    }

    #[test]
    fn an_asset_is_found_by_its_title_its_id_and_its_place() {
        check("left", &["cell-1"]);
        check("CELL-2", &["cell-2"]);
        check("south", &["cell-2"]);
        check("  second   CELL ", &["cell-2"]);
    }

    #[test]
    fn a_title_that_begins_with_the_words_comes_before_one_that_has_them_inside() {
        check("cell", &["cell-1", "cell-2"]);
        check("sec", &["cell-2"]);
    }

    #[test]
    fn a_quantity_is_found_by_its_title_and_told_apart_by_its_asset() {
        check("terminal volt", &["cell-1: voltage", "cell-2: voltage"]);
        check("voltage second", &["cell-2: voltage"]);
        check("ltage", &["cell-1: voltage", "cell-2: voltage"]);
    }

    #[test]
    fn nothing_fits_to_nothing_and_to_what_is_not_there() {
        check("", &[]);
        check("   ", &[]);
        check("boiler", &[]);
        check("left boiler", &[]);
    }
}
