//! Which topics of a broker mean which signal: `factory/{asset}/{signal}`.

use std::{fmt, str::FromStr};

/// A topic with places for the ids of asset and signal; `+` and `#` stand for what does not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Level>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Level {
    Word(String),
    Asset,
    Signal,
    Any,
    Rest,
}

/// A template that says too little, or too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("`{{asset}}` and `{{signal}}` must stand in it, each once and as a whole level")]
    Places,
    #[error("`+` must be a whole level, `#` the last one")]
    Wildcards,
}

impl Default for Template {
    /// The topics of our own endpoint.
    fn default() -> Template {
        Template(vec![Level::Word("twinlight".into()), Level::Word("v1".into()), Level::Asset, Level::Signal])
    }
}

impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Template, TemplateError> {
        let count = text.split('/').count();
        let level = |(number, level): (usize, &str)| match level {
            "{asset}" => Ok(Level::Asset),
            "{signal}" => Ok(Level::Signal),
            "+" => Ok(Level::Any),
            "#" if number + 1 == count => Ok(Level::Rest),
            word if word.contains(['+', '#']) => Err(TemplateError::Wildcards),
            word if word.contains(['{', '}']) => Err(TemplateError::Places),
            word => Ok(Level::Word(word.into())),
        };
        let levels: Vec<Level> = text.split('/').enumerate().map(level).collect::<Result<_, _>>()?;
        let times = |wanted: &Level| levels.iter().filter(|level| *level == wanted).count();
        match (times(&Level::Asset), times(&Level::Signal)) {
            (1, 1) => Ok(Template(levels)),
            _ => Err(TemplateError::Places),
        }
    }
}

impl fmt::Display for Template {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        self.write(out, ["{asset}", "{signal}"])
    }
}

impl Template {
    /// What to subscribe to.
    pub fn filter(&self) -> String {
        struct Filter<'a>(&'a Template);
        impl fmt::Display for Filter<'_> {
            fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
                self.0.write(out, ["+", "+"])
            }
        }
        Filter(self).to_string()
    }

    /// The ids of asset and signal that `topic` names, where it is one of these.
    pub fn find<'a>(&self, topic: &'a str) -> Option<(&'a str, &'a str)> {
        let (mut asset, mut signal) = (None, None);
        let mut words = topic.split('/');
        for level in &self.0 {
            if *level == Level::Rest {
                return asset.zip(signal);
            }
            let word = words.next()?;
            match level {
                Level::Asset => asset = Some(word),
                Level::Signal => signal = Some(word),
                Level::Word(expected) if expected == word => {}
                Level::Word(_) => return None,
                Level::Any | Level::Rest => {}
            }
        }
        if words.next().is_some() { None } else { asset.zip(signal) }
    }

    fn write(&self, out: &mut fmt::Formatter, [asset, signal]: [&str; 2]) -> fmt::Result {
        for (number, level) in self.0.iter().enumerate() {
            if number > 0 {
                out.write_str("/")?;
            }
            out.write_str(match level {
                Level::Word(word) => word,
                Level::Asset => asset,
                Level::Signal => signal,
                Level::Any => "+",
                Level::Rest => "#",
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, filter: &str, topic: &str, expected: Option<(&str, &str)>) {
        let template: Template = template.parse().unwrap();
        assert_eq!(template.filter(), filter);
        assert_eq!(template.find(topic), expected, "{topic}");
        assert_eq!(template.to_string().parse(), Ok(template));
    }

    #[test]
    fn a_template_finds_asset_and_signal() {
        let ours = Template::default().to_string();
        check(&ours, "twinlight/v1/+/+", "twinlight/v1/cell/voltage", Some(("cell", "voltage")));
        check(&ours, "twinlight/v1/+/+", "twinlight/v1/cell/$event", Some(("cell", "$event")));
        check(&ours, "twinlight/v1/+/+", "twinlight/v1/cell/voltage/x", None);
        check(&ours, "twinlight/v1/+/+", "twinlight/v1/cell", None);
        check("a/+/{signal}/of/{asset}", "a/+/+/of/+", "a/b/power/of/press", Some(("press", "power")));
        check("{asset}/{signal}/#", "+/+/#", "press/power", Some(("press", "power")));
        check("{asset}/{signal}/#", "+/+/#", "press/power/x/y", Some(("press", "power")));
        check("/{asset}/{signal}", "/+/+", "press/power", None);
    }

    #[test]
    fn a_template_that_is_none_says_why() {
        for text in [
            "",
            "a/b",
            "{asset}",
            "{asset}/{asset}",
            "{asset}/{signal}/{signal}",
            "x{asset}/{signal}",
            "{a}/{asset}/{signal}",
        ] {
            assert_eq!(text.parse::<Template>(), Err(TemplateError::Places), "{text}");
        }
        for text in ["#/{asset}/{signal}", "{asset}/{signal}+", "{asset}/{signal}/a#"] {
            assert_eq!(text.parse::<Template>(), Err(TemplateError::Wildcards), "{text}");
        }
    }
}
