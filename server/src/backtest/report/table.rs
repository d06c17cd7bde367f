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
pub fn list<T: AsRef<str>>(of: &[(T, String)]) -> String {
    let each = |(name, value): &(T, String)| {
        format!("<div><dt>{}</dt><dd>{}</dd></div>", escaped(name.as_ref()), escaped(&minus(value)))
    };
    format!("<dl class=\"report__list\">{}</dl>\n", of.iter().map(each).collect::<String>())
}

pub fn paragraph(text: &str) -> String {
    format!("<p>{}</p>\n", escaped(text))
}

/// Numbers with a real minus sign in the place of a hyphen; dates and powers of ten stay as they are.
fn minus(text: &str) -> String {
    let mut before = ' ';
    let each = |letter: char| {
        let is_sign = letter == '-' && matches!(before, ' ' | '(');
        before = letter;
        if is_sign { '\u{2212}' } else { letter }
    };
    text.chars().map(each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_told_from_hyphens() {
        assert_eq!(minus("-3.1 h (-8 rows), 2e-7"), "\u{2212}3.1 h (\u{2212}8 rows), 2e-7");
        assert_eq!(minus("2008-04-02 li-ion"), "2008-04-02 li-ion");
    }

    #[test]
    fn what_others_wrote_is_escaped() {
        let table = table("a < b", &[Column::Words("x"), Column::Number("y")], &[vec!["<i>".into(), "-1".into()]]);
        assert!(table.contains("<caption>a &lt; b</caption>") && table.contains("<th scope=\"row\">&lt;i&gt;</th>"));
        assert!(table.contains("<td class=\"report__number\">\u{2212}1</td>"), "{table}");
    }
}
