//! `twinlight model`: looks at model files, and says in words and tables what they are.

mod doc;
mod print;

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use services::catalog;
use twin::{
    Model,
    id::AssetId,
    model::{compose, outline},
};

use crate::{config::Config, outputs};

#[derive(Debug, Clone, clap::Subcommand)]
pub enum Action {
    /// Says everything that is wrong with model files, with line and column.
    Check {
        /// The model files; parts of each stand beside it or in the folder of models.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Prints the program that a model file becomes, one operation a line.
    Explain {
        /// The model file.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Writes the page of a model in Markdown.
    Doc {
        /// The model file.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Where the page goes; to the terminal without this.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

pub fn run(config: &Config, action: Action) -> anyhow::Result<()> {
    let mut terminal = std::io::stdout().lock();
    match action {
        Action::Check { files } => check(&files, &config.plant.models, &mut terminal),
        Action::Explain { file } => Ok(terminal.write_all(explain_of(&file, &config.plant.models)?.as_bytes())?),
        Action::Doc { file, out } => {
            let page = doc_of(&file, &config.plant.models)?;
            match out {
                Some(out) => {
                    outputs::is_spare(&out, [&file])?;
                    outputs::put(&out, |to| to.write_all(page.as_bytes()))
                }
                None => Ok(terminal.write_all(page.as_bytes())?),
            }
        }
    }
}

/// The program of a model file, one operation a line; `models` is where parts are looked for.
pub fn explain_of(file: &Path, models: &Path) -> anyhow::Result<String> {
    let (_, whole) = whole(file, models)?;
    outline::listing(&whole).map_err(|_| anyhow::anyhow!("`{}` is no model", file.display()))
}

/// The page of a model file in Markdown.
pub fn doc_of(file: &Path, models: &Path) -> anyhow::Result<String> {
    let (model, whole) = whole(file, models)?;
    let entries = outline::outline(&whole).map_err(|_| anyhow::anyhow!("`{}` is no model", file.display()))?;
    Ok(doc::page(&model, &entries))
}

/// Checks every file and prints what was found; fails where something is wrong.
pub fn check(files: &[PathBuf], models: &Path, to: &mut dyn Write) -> anyhow::Result<()> {
    let (mut errors, mut wrong) = (0, 0);
    for file in files {
        let text = text_of(file)?;
        match compose::read_beside(&text, &|id| part(file, models, id), &|name| sealed(file, models, name)) {
            Ok((model, whole)) => print::fine(file, &model, &outline::idle(&whole), to)?,
            Err(found) => {
                errors += found.len();
                wrong += 1;
                let sources = print::Sources { file, text: &text, part: &|id| part_file(file, models, id) };
                for error in &found {
                    print::error(&sources, error, to)?;
                }
            }
        }
    }
    if errors > 0 {
        bail!("{errors} {} in {wrong} of {} files", if errors == 1 { "error" } else { "errors" }, files.len());
    }
    Ok(())
}

/// The model of a file, and its text with all parts; parts stand beside it or in the folder `models`.
pub fn whole(file: &Path, models: &Path) -> anyhow::Result<(Model, String)> {
    let text = text_of(file)?;
    let read = compose::read_beside(&text, &|id| part(file, models, id), &|name| sealed(file, models, name));
    read.map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(|error| format!("{}:{error}", file.display())).collect();
        anyhow::anyhow!("{}", lines.join("\n"))
    })
}

fn text_of(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("`{}` cannot be read", file.display()))
}

fn part(file: &Path, models: &Path, id: &str) -> Option<String> {
    std::fs::read_to_string(part_file(file, models, id)?).ok()
}

/// What was learned stands beside the file, or in the folder of models.
fn sealed(file: &Path, models: &Path, name: &str) -> Option<Vec<u8>> {
    let beside = file.parent().unwrap_or(Path::new("")).join(name);
    catalog::sealed_file(&beside).or_else(|| catalog::sealed_file(&models.join(name)))
}

/// Parts stand beside the file, or in the folder of models.
fn part_file(file: &Path, models: &Path, id: &str) -> Option<PathBuf> {
    AssetId::parse(id).ok()?;
    let beside = file.parent().unwrap_or(Path::new("")).join(format!("{id}.toml"));
    [beside, models.join(format!("{id}.toml"))].into_iter().find(|file| file.is_file())
}
