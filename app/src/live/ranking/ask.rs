//! What is asked of a fleet page, as its address carries it.

use super::{Class, Place, is_below};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    Urgency,
    Name,
    Path,
}

impl Sort {
    pub const ALL: [Sort; 3] = [Sort::Urgency, Sort::Name, Sort::Path];

    /// As the address calls it; nothing for what nobody has to ask for.
    pub fn name(self) -> &'static str {
        match self {
            Sort::Urgency => "",
            Sort::Name => "name",
            Sort::Path => "path",
        }
    }
}

/// How the assets are laid out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Layout {
    #[default]
    Grid,
    List,
    Plan,
}

impl Layout {
    pub const ALL: [Layout; 3] = [Layout::Grid, Layout::List, Layout::Plan];

    pub fn name(self) -> &'static str {
        match self {
            Layout::Grid => "",
            Layout::List => "list",
            Layout::Plan => "plan",
        }
    }
}

/// What is asked of a fleet page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ask {
    pub text: String,
    pub class: Option<Class>,
    /// The beginning of a path, whole segments.
    pub site: String,
    pub sort: Sort,
    pub layout: Layout,
}

impl Ask {
    /// What an address asks for.
    pub fn read(said: impl Fn(&str) -> Option<String>) -> Ask {
        let said = |name| said(name).unwrap_or_default();
        let (state, sort, view) = (said("state"), said("sort"), said("view"));
        Ask {
            text: said("q"),
            class: Class::ALL.into_iter().find(|class| state == class.name()),
            site: said("site"),
            sort: Sort::ALL.into_iter().find(|own| sort == own.name()).unwrap_or_default(),
            layout: Layout::ALL.into_iter().find(|own| view == own.name()).unwrap_or_default(),
        }
    }

    /// Whether an asset is at the site and has every word.
    pub(super) fn has(&self, place: &Place) -> bool {
        let mut words = self.text.split_whitespace();
        is_below(&place.path, &self.site) && words.all(|word| place.words.contains(&word.to_ascii_lowercase()))
    }
}
