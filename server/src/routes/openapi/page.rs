//! The OpenAPI document as a page of mere words.

use std::fmt::Write;

use app::wording::escaped;
use serde_json::Value;

/// The page of a document.
pub fn render(document: &Value) -> String {
    let info = &document["info"];
    let title = escaped(text(&info["title"]));
    let mut page = format!(
        "<article class=\"words-page words-page--api\">\n<h1>{title} API</h1>\n<p>{}</p>\n\
         <p>Version {}. The same for machines: <a href=\"/api/openapi.json\">/api/openapi.json</a>.</p>\n",
        marked(text(&info["description"])),
        escaped(text(&info["version"])),
    );
    for tag in list(&document["tags"]) {
        let _ = writeln!(page, "<h2>{}</h2>", escaped(text(&tag["description"])));
        for (path, operations) in members(&document["paths"]) {
            for (method, operation) in members(operations) {
                if list(&operation["tags"]).contains(&tag["name"]) {
                    enter(&mut page, path, method, operation);
                }
            }
        }
    }
    page += "<h2>What goes over the wire</h2>\n";
    for (name, schema) in members(&document["components"]["schemas"]) {
        enter_schema(&mut page, name, schema);
    }
    page + "</article>\n"
}

fn enter(page: &mut String, path: &str, method: &str, operation: &Value) {
    let _ = writeln!(page, "<h3><b>{}</b> {}</h3>", escaped(&method.to_uppercase()), escaped(path));
    let said = [&operation["summary"], &operation["description"]].map(text).join(" ");
    let _ = writeln!(page, "<p>{}</p>", marked(said.trim()));
    let parameters = list(&operation["parameters"]).iter().map(|parameter| {
        let needed = if parameter["required"] == true { "needed" } else { "" };
        row(&[code(text(&parameter["name"])), kind(&parameter["schema"]), needed.into(), described(parameter)])
    });
    *page += &table(&["parameter", "type", "needed", "meaning"], parameters);
    for (media, body) in members(&operation["requestBody"]["content"]) {
        let _ = writeln!(page, "<p>Body, {}: {}</p>", code(media), kind(&body["schema"]));
    }
    let answers = members(&operation["responses"]).map(|(status, answer)| {
        let kinds: Vec<String> = members(&answer["content"]).map(|(_, body)| kind(&body["schema"])).collect();
        row(&[code(status), kinds.join(" or "), described(answer)])
    });
    *page += &table(&["answer", "type", "meaning"], answers);
}

fn enter_schema(page: &mut String, name: &str, schema: &Value) {
    let _ = writeln!(page, "<h3 id=\"{0}\">{0}</h3>", escaped(name));
    let _ = writeln!(page, "<p>{}</p>", marked(text(&schema["description"])));
    let variants = list(&schema["oneOf"]);
    if schema["properties"].is_null() && variants.is_empty() {
        let _ = writeln!(page, "<p>{}</p>", kind(schema));
    }
    for schema in std::iter::once(schema).chain(variants) {
        let needed = list(&schema["required"]);
        let rows = members(&schema["properties"]).map(|(name, property)| {
            let is_needed = needed.iter().any(|needed| needed == name);
            let mark = if is_needed { "always" } else { "" };
            row(&[code(name), kind(property), mark.into(), described(property)])
        });
        *page += &table(&["member", "type", "there", "meaning"], rows);
    }
    for variant in variants.iter().filter(|variant| variant["properties"].is_null()) {
        let _ = writeln!(page, "<p>{} {}</p>", kind(variant), described(variant));
    }
    if !schema["example"].is_null() {
        let _ = writeln!(page, "<pre tabindex=\"0\">{}</pre>", escaped(&schema["example"].to_string()));
    }
}

/// The type of a schema in a few words.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return format!("<a href=\"#{0}\">{0}</a>", escaped(name));
    }
    for several in ["oneOf", "anyOf"] {
        let kinds: Vec<String> = list(&schema[several]).iter().map(kind).collect();
        if !kinds.is_empty() {
            return kinds.join(" or ");
        }
    }
    let names: Vec<&str> = match &schema["type"] {
        Value::Array(names) => names.iter().map(text).collect(),
        name => vec![text(name)],
    };
    let mut said = escaped(&names.join(" or "));
    if names.contains(&"array") {
        let _ = write!(said, " of {}", kind(&schema["items"]));
    }
    let choices: Vec<String> = list(&schema["enum"]).iter().map(|choice| code(text(choice))).collect();
    if !choices.is_empty() {
        said = choices.join(" or ");
    }
    if let Some(pattern) = schema["pattern"].as_str() {
        let _ = write!(said, " {}", code(pattern));
    }
    said
}

fn described(part: &Value) -> String {
    marked(text(&part["description"]))
}

fn table(heads: &[&str], rows: impl Iterator<Item = String>) -> String {
    let rows: String = rows.collect();
    if rows.is_empty() {
        return String::new();
    }
    let heads: String = heads.iter().map(|head| format!("<th scope=\"col\">{head}</th>")).collect();
    format!(
        "<div class=\"words-page__wide\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table><thead><tr>{heads}</tr></thead><tbody>\n{rows}</tbody></table></div>\n"
    )
}

fn row(cells: &[String]) -> String {
    let cells: String = cells.iter().map(|cell| format!("<td>{cell}</td>")).collect();
    format!("<tr>{cells}</tr>\n")
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

/// Text with its `code` marked.
fn marked(text: &str) -> String {
    let mut parts = text.split('`');
    let first = escaped(parts.next().unwrap_or_default());
    let rest = parts.enumerate().map(|(place, part)| if place % 2 == 0 { code(part) } else { escaped(part) });
    first + &rest.collect::<String>()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_document_says_is_text_and_never_markup() {
        let document = serde_json::json!({
            "info": { "title": "<b>", "description": "`a<b` & c", "version": "1" },
            "tags": [{ "name": "x", "description": "X" }],
            "paths": { "/<p>": { "get": { "tags": ["x"], "summary": "<i>", "responses": {
                "200": { "description": "\"q\"", "content": { "text/plain": { "schema": { "type": ["integer", "null"] } } } },
            } } } },
        });
        let page = render(&document);
        for part in
            ["<code>a&lt;b</code> &amp; c", "<b>GET</b> /&lt;p&gt;", "&lt;i&gt;", "&quot;q&quot;", "integer or null"]
        {
            assert!(page.contains(part), "{part}\n{page}");
        }
        assert!(!page.contains("<i>") && !page.contains("<p>\""), "{page}");
    }
}
