//! Whose turn it is on a wall. An asset that becomes abnormal comes at once, and as long as any is, every second turn is
//! one of theirs.

use twin::id::AssetId;

/// How long a page is shown where the address does not say.
pub const EVERY: u32 = 20;
/// Nobody reads faster, or waits longer.
const SHORTEST: u32 = 5;
const LONGEST: u32 = 3_600;

/// What a wall can show. The text is what the page's address asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    Fleet(String),
    Plan(String),
    Asset(AssetId, String),
    Trends(String),
    /// A page of mere words, by its whole address.
    Words(String),
}

impl Page {
    /// The page of an address of this server, with or without its name; `None` for what no wall shows.
    pub fn read(address: &str) -> Option<Page> {
        let local = match address.trim().split_once("://") {
            Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
            None => address.trim(),
        };
        let local = local.split('#').next()?;
        let (path, query) = local.split_once('?').unwrap_or((local, ""));
        let query_of = query.to_string();
        match path {
            "/" if said(query, "view").as_deref() == Some("plan") => Some(Page::Plan(query_of)),
            "/" => Some(Page::Fleet(query_of)),
            "/trends" => Some(Page::Trends(query_of)),
            "/kpis" | "/history" => Some(Page::Words(local.to_string())),
            _ => Some(Page::Asset(AssetId::parse(path.strip_prefix("/assets/")?).ok()?, query_of)),
        }
    }

    /// What is shown of a plant where nobody says it.
    pub fn usual() -> Vec<Page> {
        ["/", "/?view=plan", "/kpis"].into_iter().filter_map(Page::read).collect()
    }
}

/// How many seconds a text like `20s` or `2min` asks for.
pub fn every(text: &str) -> u32 {
    let digits = text.trim_end_matches(|sign: char| !sign.is_ascii_digit());
    let factor = if text[digits.len()..].trim() == "min" { 60 } else { 1 };
    digits.parse::<u32>().map_or(EVERY, |number| number.saturating_mul(factor).clamp(SHORTEST, LONGEST))
}

/// What a query says under a name.
pub fn said(query: &str, name: &str) -> Option<String> {
    let value = query.split('&').find_map(|pair| pair.split_once('=').filter(|(own, _)| *own == name))?.1;
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                (digit(rest.next())? * 16 + digit(rest.next())?) as u8
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

/// One page, and why it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub page: Page,
    /// Whether it is shown because its asset is abnormal.
    pub is_urgent: bool,
}

/// Never without a page.
#[derive(Debug, Clone)]
pub struct Rota {
    pages: Vec<Page>,
    /// The page that is shown, or was before an urgent one.
    at: usize,
    /// Who is abnormal, most urgent first.
    abnormal: Vec<AssetId>,
    next_abnormal: usize,
    was_urgent: bool,
    /// Became abnormal and was not shown since.
    waiting: Vec<AssetId>,
}

impl Rota {
    pub fn new(pages: Vec<Page>) -> Rota {
        let pages = if pages.is_empty() { Page::usual() } else { pages };
        Rota { pages, at: 0, abnormal: Vec::new(), next_abnormal: 0, was_urgent: false, waiting: Vec::new() }
    }

    pub fn first(&self) -> Turn {
        Turn { page: self.pages[0].clone(), is_urgent: false }
    }

    /// Which of how many pages it stands at, counted from one.
    pub fn place(&self) -> (usize, usize) {
        (self.at + 1, self.pages.len())
    }

    /// Who is abnormal, and is no news.
    pub fn know(&mut self, abnormal: &[AssetId]) {
        self.waiting.retain(|id| abnormal.contains(id));
        self.abnormal = abnormal.to_vec();
    }

    /// Who is abnormal by now; whoever was not before waits to be shown.
    pub fn hear(&mut self, abnormal: &[AssetId]) {
        let news = abnormal.iter().filter(|id| !self.abnormal.contains(id) && !self.waiting.contains(id));
        self.waiting.extend(news.cloned().collect::<Vec<AssetId>>());
        self.know(abnormal);
    }

    /// Whether an asset waits that has just become abnormal.
    pub fn is_urged(&self) -> bool {
        !self.waiting.is_empty()
    }

    pub fn turn(&mut self) -> Turn {
        if !self.waiting.is_empty() {
            let asset_id = self.waiting.remove(0);
            return self.urgent(asset_id);
        }
        if !self.was_urgent && !self.abnormal.is_empty() {
            self.next_abnormal += 1;
            return self.urgent(self.abnormal[self.next_abnormal % self.abnormal.len()].clone());
        }
        self.step(1)
    }

    /// The page so many places on from the last one, whoever is abnormal.
    pub fn step(&mut self, by: isize) -> Turn {
        self.was_urgent = false;
        self.at = (self.at as isize + by).rem_euclid(self.pages.len() as isize) as usize;
        Turn { page: self.pages[self.at].clone(), is_urgent: false }
    }

    fn urgent(&mut self, asset_id: AssetId) -> Turn {
        self.was_urgent = true;
        Turn { page: Page::Asset(asset_id, String::new()), is_urgent: true }
    }
}

#[cfg(test)]
mod tests;
