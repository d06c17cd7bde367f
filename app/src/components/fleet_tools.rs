//! What narrows a fleet down and puts it in order, and where its assets stand. A plain form and plain links: the address
//! carries it all, and it works without scripts.
//!
//! Text, and put up to date in place as the data page is: views that watch would be ten times the code.

use crate::{
    live::ranking::{Ask, Class, Group, Layout, Ranking, Sort},
    wording::escaped,
};

/// The summary, the form and the places for what is asked.
pub fn fleet_tools(ranking: &Ranking, ask: &Ask, is_scripted: bool) -> String {
    let mut html = String::with_capacity(4_096);
    let (all, counts) = ranking.counts(ask);
    push(&mut html, &["<p class=\"fleet-tools__summary\">", &summary_of(all, counts), "</p>"]);
    html += "<form class=\"fleet-tools\" method=\"get\" action=\"/\" role=\"search\" aria-label=\"Assets\">\
        <p class=\"fleet-tools__field\"><label for=\"fleet-text\">Find</label><input id=\"fleet-text\" type=\"search\" name=\"q\" \
        placeholder=\"Name or place\" autocomplete=\"off\" value=\"";
    html += &escaped(&ask.text);
    html += "\"></p><fieldset class=\"fleet-tools__choices\"><legend>State</legend>";
    choice(&mut html, "state", "", "All", ask.class.is_none(), Some(all));
    for class in Class::ALL {
        let title = match class {
            Class::Abnormal => "Abnormal",
            Class::Soon => "Soon abnormal",
            Class::Silent => "Silent",
            Class::Unknown => "Not known yet",
            Class::Normal => "Normal",
        };
        choice(&mut html, "state", class.name(), title, ask.class == Some(class), Some(counts[class as usize]));
    }
    html += "</fieldset><p class=\"fleet-tools__field\"><label for=\"fleet-sort\">Sort by</label><select id=\"fleet-sort\" name=\"sort\">";
    for (sort, title) in Sort::ALL.into_iter().zip(["Urgency", "Name", "Place"]) {
        let selected = if ask.sort == sort { "\" selected>" } else { "\">" };
        push(&mut html, &["<option value=\"", sort.name(), selected, title, "</option>"]);
    }
    html += "</select></p><fieldset class=\"fleet-tools__choices\"><legend>View</legend>";
    for (layout, title) in Layout::ALL.into_iter().zip(["Grid", "List", "Plan"]) {
        choice(&mut html, "view", layout.name(), title, ask.layout == layout, None);
    }
    html += "</fieldset><input type=\"hidden\" name=\"site\" value=\"";
    html += &escaped(&ask.site);
    html += if is_scripted { "\">" } else { "\"><button type=\"submit\" class=\"button\">Show</button>" };
    html += "<a class=\"button fleet-tools__wall\" rel=\"external\" href=\"/wall/pages";
    // All of the plant is what is chosen there anyway.
    if *ask != Ask::default() {
        html += "?page=";
        push_encoded(&mut html, &address(ask, &ask.site));
    }
    html += "\">Show on a wall</a></form>";
    tree(&mut html, ranking, ask);
    html
}

/// How `all` the assets are that are asked for, whatever state is asked for.
pub fn summary_of(all: usize, [abnormal, soon, silent, ..]: [usize; 5]) -> String {
    let mut text = if all == 1 { "1 asset".to_string() } else { format!("{all} assets") };
    text += &if abnormal == 0 { ", none abnormal".to_string() } else { format!(", {abnormal} abnormal") };
    for (count, what) in [(soon, "soon abnormal"), (silent, "without new data")] {
        if count > 0 {
            text += &format!(", {count} {what}");
        }
    }
    text
}

fn choice(html: &mut String, name: &str, value: &str, title: &str, is_chosen: bool, count: Option<usize>) {
    let class = if value == "abnormal" && count != Some(0) { " fleet-tools__choice--abnormal" } else { "" };
    let checked = if is_chosen { "\" checked>" } else { "\">" };
    push(html, &["<label class=\"fleet-tools__choice", class, "\"><input type=\"radio\" name=\"", name, "\" value=\""]);
    push(html, &[value, checked, title]);
    if let Some(count) = count {
        push(html, &[" <b>", &count.to_string(), "</b>"]);
    }
    html.push_str("</label>");
}

/// Sites, areas and lines, each with how many of its assets are abnormal; nothing where all stand in one place.
fn tree(html: &mut String, ranking: &Ranking, ask: &Ask) {
    let groups = ranking.groups(&ask.site);
    if groups.len() < 2 {
        return;
    }
    html.push_str("<nav class=\"fleet-tree\" aria-label=\"Places\"><ul>");
    let mut everywhere = Group { path: String::new(), assets: 0, abnormal: 0 };
    for group in groups.iter().filter(|group| !group.path.contains('/')) {
        everywhere.assets += group.assets;
        everywhere.abnormal += group.abnormal;
    }
    for group in std::iter::once(&everywhere).chain(&groups) {
        let depth = group.path.matches('/').count().min(3);
        push(html, &["<li class=\"fleet-tree__one fleet-tree__one--", &depth.to_string(), "\"><a href=\""]);
        *html += &escaped(&address(ask, &group.path));
        html.push_str(if group.path == ask.site { "\" aria-current=\"true\">" } else { "\">" });
        html.push_str("<span class=\"fleet-tree__name\">");
        *html += &escaped(if group.path.is_empty() {
            "Everywhere"
        } else {
            group.path.rsplit('/').next().unwrap_or_default()
        });
        html.push_str("</span>");
        if group.abnormal > 0 {
            let count = group.abnormal.to_string();
            push(
                html,
                &[
                    "<b class=\"fleet-tree__abnormal\">",
                    &count,
                    "<span class=\"fleet-tree__said\"> abnormal of</span></b>",
                ],
            );
        }
        push(html, &["<span class=\"fleet-tree__count\">", &group.assets.to_string(), "</span></a></li>"]);
    }
    html.push_str("</ul></nav>");
}

/// The address of another place, asked the same.
fn address(ask: &Ask, site: &str) -> String {
    let state = ask.class.map_or("", Class::name);
    let mut address = "/".to_string();
    for (name, value) in [
        ("q", ask.text.as_str()),
        ("state", state),
        ("sort", ask.sort.name()),
        ("view", ask.layout.name()),
        ("site", site),
    ] {
        if !value.is_empty() {
            let joint = if address.len() == 1 { "?" } else { "&" };
            push(&mut address, &[joint, name, "="]);
            push_encoded(&mut address, value);
        }
    }
    address
}

fn push_encoded(address: &mut String, value: &str) {
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' => address.push(char::from(byte)),
            _ => *address += &format!("%{byte:02X}"),
        }
    }
}

fn push(html: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| html.push_str(part));
}

#[cfg(test)]
mod tests {
    use twin::id::AssetId;

    use super::*;
    use crate::live::ranking::{Place, Urgency};

    #[test]
    fn the_fleet_is_summed_up_in_one_line() {
        assert_eq!(summary_of(1, [0, 0, 0, 0, 1]), "1 asset, none abnormal");
        assert_eq!(summary_of(2, [1, 0, 0, 1, 0]), "2 assets, 1 abnormal");
        assert_eq!(summary_of(100, [0, 3, 1, 0, 96]), "100 assets, none abnormal, 3 soon abnormal, 1 without new data");
    }

    #[test]
    fn links_carry_all_that_was_asked_and_text_stays_text() {
        let asset = AssetId::parse("a").unwrap();
        let places = ["s\u{fc}d/<b>", "north"].map(|path| Place::new(&asset, "\"A\"", path)).into();
        let urgency = |class| Urgency { class, rank: 0, is_silent: false };
        let ranking = Ranking { places, urgencies: [Class::Abnormal, Class::Normal].map(urgency).into() };
        let ask = Ask { text: "\"><script>".into(), layout: Layout::List, ..Ask::default() };
        assert!(!fleet_tools(&ranking, &ask, true).contains("<script"));
        let ask = Ask { text: "a b".into(), sort: Sort::Name, site: "s\u{fc}d".into(), ..Ask::default() };
        let html = fleet_tools(&ranking, &ask, false);
        assert!(html.contains("href=\"/?q=a%20b&amp;sort=name&amp;site=s%C3%BCd/%3Cb%3E\""), "{html}");
        assert!(html.contains("href=\"/?q=a%20b&amp;sort=name&amp;site=s%C3%BCd\" aria-current"), "{html}");
        assert!(html.contains("<b class=\"fleet-tree__abnormal\">1<"), "{html}");
        assert!(html.contains(">Show</button>"));
        assert!(html.contains("href=\"/wall/pages?page=/%3Fq%3Da%2520b%26sort%3Dname%26site%3D"), "{html}");
        assert!(fleet_tools(&ranking, &Ask::default(), true).contains("href=\"/wall/pages\""));
    }
}
