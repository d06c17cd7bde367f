//! What the process says of itself, on standard error: text for people or a JSON object a line.

use std::{
    fmt::{self, Write},
    io::IsTerminal,
};

use tracing::Subscriber;
use tracing_subscriber::{
    EnvFilter,
    field::MakeExt,
    fmt::{MakeWriter, format::debug_fn},
    util::SubscriberInitExt,
};

use crate::config::{Log, value::LogFormat};

/// Sets the log up, once for the process.
pub fn start(log: &Log) {
    subscriber(log, std::io::stderr, std::io::stderr().is_terminal()).init();
}

/// What writes the log to `out`.
fn subscriber<W>(log: &Log, out: W, is_coloured: bool) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(&log.filter.0).unwrap_or_else(|_| "info".into());
    // A closed terminal must not take the server's tasks down with what they wanted to say.
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(out).log_internal_errors(false);
    match log.format {
        LogFormat::Json => Box::new(lines.json().flatten_event(true).finish()),
        LogFormat::Text => {
            // A client id or a topic may hold line ends and the orders of terminals.
            let fields = debug_fn(|out, field, value| match field.name() {
                "message" => write!(Printable(out), "{value:?}"),
                name => write!(out, "{name}=").and_then(|()| write!(Printable(out), "{value:?}")),
            });
            Box::new(lines.with_ansi(is_coloured).fmt_fields(fields.delimited(" ")).finish())
        }
    }
}

/// Writes control characters as what they are called, not as what they do.
struct Printable<'a, W>(&'a mut W);

impl<W: Write> Write for Printable<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|sign| match sign {
            // Marks that turn the direction of writing around disguise a line as well as a line end does.
            sign if sign.is_control() || matches!(sign, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => {
                write!(self.0, "{}", sign.escape_default())
            }
            sign => self.0.write_char(sign),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::config::value::LogFilter;

    fn logged(format: LogFormat, say: impl FnOnce()) -> String {
        let file = tempfile::NamedTempFile::new().unwrap();
        let log = Log { format, filter: LogFilter("info".into()) };
        let out = Arc::new(file.reopen().unwrap());
        tracing::subscriber::with_default(subscriber(&log, out, false), say);
        std::fs::read_to_string(file.path()).unwrap()
    }

    const EVIL: &str = "x\n2026-01-01T00:00:00Z  INFO all is well\r\u{1b}[2J\u{9b}1m\u{202e}";

    fn say() {
        let _span = tracing::info_span!("request", id = "7", client = %EVIL).entered();
        tracing::warn!(topic = %EVIL, text = EVIL, "from {EVIL}");
        tracing::debug!("not heard");
    }

    #[test]
    fn what_others_wrote_makes_no_line_of_its_own() {
        let text = logged(LogFormat::Text, say);
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(!text.trim_end().chars().any(|sign| sign.is_control() || sign == '\u{202e}'), "{text:?}");
        for part in ["topic=x\\n2026", "client=x\\n2026", "from x\\n2026", "\\u{1b}[2J", "id=\"7\""] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn machines_get_an_object_a_line() {
        let text = logged(LogFormat::Json, say);
        assert_eq!(text.lines().count(), 1, "{text}");
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((line["level"].as_str(), line["topic"].as_str()), (Some("WARN"), Some(EVIL)));
        assert_eq!(line["span"]["id"], "7");
        assert!(line["timestamp"].is_string() && line["message"].as_str().unwrap().starts_with("from x"), "{line}");
    }
}
