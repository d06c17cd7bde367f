//! The settings as text: what is set now, an example file, a reference page. All three are made from the settings themselves.

use std::{fmt::Write as _, io::Write as _};

use super::{Config, ConfigError, Loaded, section::Setting};

/// The columns of a comment in the example file.
const WIDTH: usize = 100;

/// What `twinlight config` is to print.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Options {
    /// Prints the reference page instead.
    #[arg(long)]
    markdown: bool,
    /// Prints an example file instead.
    #[arg(long, conflicts_with = "markdown")]
    example: bool,
}

/// `twinlight config`.
pub fn print(options: Options, load: impl FnOnce() -> Result<Loaded, ConfigError>) -> Result<(), ConfigError> {
    let text = match options {
        Options { markdown: true, .. } => markdown(),
        Options { example: true, .. } => example(),
        Options { .. } => table(&load()?),
    };
    // Whoever reads it may have read enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(())
}

/// Every setting with its value, where that comes from, and what it means.
fn table(loaded: &Loaded) -> String {
    let mut text = String::new();
    let mut config = loaded.config.clone();
    for (name, section) in config.sections() {
        for setting in section.settings() {
            let key = format!("{name}.{}", setting.key);
            let place = loaded.places.get(&key).map_or("default", String::as_str);
            let _ = writeln!(text, "{key} = {}  ({place})", setting.value);
            for line in wrapped(&setting.meaning, WIDTH - 4) {
                let _ = writeln!(text, "    {line}");
            }
        }
    }
    text
}

/// A file with every setting, each at its default and commented out.
fn example() -> String {
    let mut text = String::from(
        "# Twinlight's settings. Each stands here as it is without this file; take the `#` away to change it.\n\
         # A variable TWINLIGHT_SECTION__KEY goes before what stands here. `twinlight config` prints what holds.\n",
    );
    let mut config = Config::default();
    for (name, section) in config.sections() {
        let patterns = section.patterns();
        let (below, heading) = heading(name, &patterns);
        // A section under a name of the user's is only there once it is wanted.
        let mark = if below.is_empty() { "" } else { "#" };
        let _ = write!(text, "\n# {}\n{mark}{heading}\n", section.about());
        for setting in &patterns {
            let note = format!("{} Expected: {}.", setting.meaning, setting.expected);
            wrapped(&note, WIDTH - 2).iter().for_each(|line| {
                let _ = writeln!(text, "# {line}");
            });
            let key = setting.key.strip_prefix(below).unwrap_or(&setting.key);
            let _ = writeln!(text, "#{key} = {}", setting.default);
        }
    }
    text
}

/// The reference page.
fn markdown() -> String {
    let mut text = String::from(
        "# Configuration\n\n\
         A setting has its default, unless `twinlight.toml` says otherwise, unless a variable says otherwise. The file is\n\
         the one of the working folder, or the one named by `--config` or `TWINLIGHT_CONFIG`. A setting that does not exist\n\
         or whose value does not fit is refused at the start, all of them at once, each by its name. `twinlight config`\n\
         prints what holds and where it comes from. Variables without `__` in their names are left alone.\n\n\
         This page is made by `twinlight config --markdown`, [the example file](twinlight.example.toml) by\n\
         `twinlight config --example`.\n",
    );
    let mut config = Config::default();
    for (name, section) in config.sections() {
        let patterns = section.patterns();
        let (_, heading) = heading(name, &patterns);
        let _ = write!(text, "\n## `{heading}`\n\n{}\n", section.about());
        text += "\n| key | default | may be | meaning | variable |\n| --- | --- | --- | --- | --- |\n";
        for setting in &patterns {
            let key = format!("{name}.{}", setting.key);
            let default = if setting.default.is_empty() { "-".into() } else { format!("`{}`", setting.default) };
            let (expected, meaning) = (cell(&setting.expected), cell(&setting.meaning));
            let _ = writeln!(text, "| `{key}` | {default} | {expected} | {meaning} | `{}` |", variable(&key));
        }
    }
    text
}

/// What the keys of a section begin with in its table, and the table's line in the file.
fn heading(name: &str, patterns: &[Setting]) -> (&'static str, String) {
    match patterns.iter().all(|setting| setting.key.starts_with("NAME.")) {
        true => ("NAME.", format!("[{name}.NAME]")),
        false => ("", format!("[{name}]")),
    }
}

/// The variable that stands for a key.
fn variable(key: &str) -> String {
    format!("TWINLIGHT_{}", key.replace('.', "__").to_uppercase())
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// `text` in lines of at most `width` signs, broken at spaces.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().map_or(0, |line| line.chars().count());
        match lines.last_mut() {
            Some(line) if last > 0 && last + 1 + word.chars().count() <= width => *line += &format!(" {word}"),
            Some(line) if last == 0 => line.push_str(word),
            _ => lines.push(word.to_string()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Compares a file of `server/packaging` with what it is made from.
    fn check(name: &str, made: &str) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging").join(name);
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        let option = if name.ends_with(".md") { "--markdown" } else { "--example" };
        let hint = format!("out of date: twinlight config {option} > server/packaging/{name}");
        assert!(kept == made, "{hint}\n{made}");
    }

    #[test]
    fn the_reference_page_is_up_to_date() {
        check("CONFIGURATION.md", &markdown());
    }

    #[test]
    fn the_example_file_is_up_to_date() {
        check("twinlight.example.toml", &example());
    }

    #[test]
    fn the_example_file_says_the_defaults() {
        let nothing = Loaded::from("example", &example(), []).unwrap();
        assert_eq!(nothing, Loaded::default());
        let lines = example();
        // A section under a name of the user's has no defaults to be said.
        let mut is_named = false;
        let is_said = |line: &&str| {
            if line.trim_start_matches('#').starts_with('[') {
                is_named = line.contains("NAME");
            }
            !is_named && !line.starts_with("# ")
        };
        let said: Vec<&str> = lines.lines().filter(is_said).map(|line| line.trim_start_matches('#')).collect();
        let loaded = Loaded::from("example", &said.join("\n"), []).unwrap();
        assert_eq!(loaded.config, Config::default());
        assert!(loaded.places.len() >= 20, "{:?}", loaded.places);
    }

    #[test]
    fn what_is_installed_fits() {
        let packaging = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging");
        let text = std::fs::read_to_string(packaging.join("twinlight.toml")).unwrap();
        let loaded = Loaded::from("twinlight.toml", &text, []).unwrap();
        assert_eq!(loaded.config.store.path, Path::new("/var/lib/twinlight/twinlight.db"));
        services::catalog::Catalog::read(&packaging.join("plant.toml"), &packaging).unwrap();
    }

    #[test]
    fn what_holds_is_printed_with_its_place() {
        let variables = [("TWINLIGHT_SERVER__HEAD_SECS".to_string(), "3".to_string())];
        let loaded = Loaded::from("plant.toml", "[log]\nformat = \"json\"\n", variables).unwrap();
        let text = table(&loaded);
        assert!(text.contains("server.head_secs = 3  (TWINLIGHT_SERVER__HEAD_SECS)\n    Seconds that"), "{text}");
        assert!(text.contains("log.format = \"json\"  (plant.toml)\n"), "{text}");
        assert!(text.contains("mqtt.address = \"127.0.0.1:1883\"  (default)\n"), "{text}");
    }

    #[test]
    fn every_key_is_settable_by_a_variable_of_its_own() {
        let mut config = Config::default();
        for (name, section) in config.sections() {
            for setting in section.settings() {
                let key = format!("{name}.{}", setting.key);
                let value = setting.default.trim_matches(['"', '[', ']']).to_string();
                let loaded = Loaded::from("none", "", [(variable(&key), value)]).unwrap();
                assert_eq!(loaded.places[&key], variable(&key));
            }
        }
    }
}
