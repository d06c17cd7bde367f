//! Tables of a report: what stands in a column, and rows of words.

use app::wording::escaped;

/// A column: its head, and how it is aligned.
#[derive(Debug, Clone, Copy)]
pub enum Column {
    Words(&'static str),
    Number(&'static str),
}

/// A table under `title`, which can be scrolled by keys where it is wider than its place.
pub fn table(title: &str, columns: &[Column], rows: &[Vec<String>]) -> String {
    let title = escaped(title);
    let mut html = format!(
        "<div class=\"report__table\" role=\"region\" tabindex=\"0\" aria-label=\"{title}\"><table><caption>{title}</caption>\
         <thead><tr>"
    );
    for column in columns {
        let (class, head) = match column {
            Column::Words(head) => ("", head),
            Column::Number(head) => (" class=\"report__number\"", head),
        };
        html += &format!("<th scope=\"col\"{class}>{}</th>", escaped(head));
    }
    html += "</tr></thead><tbody>";
    for row in rows {
        html += "<tr>";
        for (number, (cell, column)) in row.iter().zip(columns).enumerate() {
            html += &match (number, column) {
                (0, _) => format!("<th scope=\"row\">{}</th>", escaped(cell)),
                (_, Column::Words(_)) => format!("<td>{}</td>", escaped(cell)),
                (_, Column::Number(_)) => format!("<td class=\"report__number\">{}</td>", escaped(&minus(cell))),
            };
        }
        html += "</tr>";
    }
    html + "</tbody></table></div>\n"
}

/// Names and what they are.
pub fn list(of: &[(&str, String)]) -> String {
    let each = |(name, value): &(&str, String)| {
        format!("<div><dt>{}</dt><dd>{}</dd></div>", escaped(name), escaped(&minus(value)))
    };
    format!("<dl class=\"report__list\">{}</dl>\n", of.iter().map(each).collect::<String>())
}

pub fn paragraph(text: &str) -> String {
    format!("<p>{}</p>\n", escaped(text))
}

/// A number with a real minus sign in the place of a hyphen.
fn minus(text: &str) -> String {
    match text.strip_prefix('-') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => format!("\u{2212}{rest}"),
        _ => text.to_owned(),
    }
}
