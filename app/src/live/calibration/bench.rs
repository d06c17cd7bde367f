//! What a worker does with a window of an asset's past: holds the model against it, and looks for what fits best.
//!
//! It looks a round at a time, and each round is asked for: a search is cancelled by asking for no more.

use std::{cell::RefCell, sync::Arc};

use serde::{Deserialize, Serialize};
use twin::{
    Entry, Model, Twin,
    calibrate::{Fit, Recording, Search, Shown},
    model::Role,
};

/// From the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Question {
    /// A window is laid out, in the place of the one before: the twin as it began, whose model comes packed, and the entries
    /// since. `latents` are those that values are of from then on.
    Lay { model: Vec<u8>, checkpoint: Vec<u8>, entries: Vec<Entry>, latents: Vec<u16> },
    /// What the model shows with `set` beside what it shows with `was`: of signal number `shown` in so many columns.
    Compare { was: Vec<f64>, set: Vec<f64>, shown: u16, columns: u32 },
    /// Search number `search` begins: from `set`, for those of the latents whose places are `chosen`.
    Search { search: u32, was: Vec<f64>, set: Vec<f64>, chosen: Vec<u16> },
    /// The search is to go on.
    Round { search: u32 },
}

/// From the worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// What was believed of each latent as it began, and how many measurements there are.
    Laid {
        believed: Vec<f64>,
        count: u64,
    },
    Compared(Compared),
    /// How far the search has come, and by how many standard deviations what is measured differs.
    Searched {
        search: u32,
        rounds: u32,
        differs: f64,
    },
    Found {
        search: u32,
        fit: Fit,
    },
    /// Why it cannot be done.
    Failed(String),
}

/// What a model shows beside what was measured.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// One a measured signal.
    pub residuals: Vec<Residual>,
    /// Of one signal, in order of time.
    pub columns: Vec<Column>,
}

/// Roots of the mean square of what is measured less what is shown, in the signal's unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Residual {
    pub signal: u16,
    pub count: u32,
    pub was: f64,
    pub set: f64,
}

/// What was measured in a short while: from the lowest to the highest, and what the model shows at its end.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Column {
    pub micros: i64,
    pub low: f64,
    pub high: f64,
    pub was: f64,
    pub set: f64,
}

thread_local! {
    /// The last window that was laid out, by its number: of a worker, or of a page that has none.
    static BENCH: RefCell<Option<(u32, Bench)>> = const { RefCell::new(None) };
}

/// What comes of a question of window number `window`, both as bytes; questions of a window that is over come to nothing.
pub fn answered(window: u32, question: &[u8]) -> Option<Vec<u8>> {
    let question = wire::decode(question).ok()?;
    BENCH.with_borrow_mut(|bench| Some(wire::encode(&Bench::answer(bench, window, question)?)))
}

#[derive(Debug)]
struct Bench {
    recording: Recording,
    latents: Vec<u16>,
    search: Option<Searching>,
}

#[derive(Debug)]
struct Searching {
    number: u32,
    was: Vec<f64>,
    /// Of all latents, those that are not looked for among them.
    search: Search,
}

impl Bench {
    fn answer(own: &mut Option<(u32, Bench)>, window: u32, question: Question) -> Option<Answer> {
        if let Question::Lay { model, checkpoint, entries, latents } = question {
            *own = Bench::laying(&model, &checkpoint, entries, latents).map(|bench| (window, bench));
            let failed = || Answer::Failed("The twin as it was before cannot be restored.".to_string());
            return Some(own.as_ref().map_or_else(failed, |(_, bench)| bench.laid()));
        }
        let (_, bench) = own.as_mut().filter(|(number, _)| *number == window)?;
        bench.work(question)
    }

    /// `None` where there is no such twin, or it knows nothing.
    fn laying(model: &[u8], checkpoint: &[u8], entries: Vec<Entry>, latents: Vec<u16>) -> Option<Bench> {
        let model = Arc::new(Model::unpack_closed(model).ok()?);
        let twin = Twin::restore(model, checkpoint).ok()?;
        Some(Bench { recording: Recording::since(&twin, entries)?, latents, search: None })
    }

    fn laid(&self) -> Answer {
        Answer::Laid { believed: self.recording.believed(&self.latents), count: self.recording.count() as u64 }
    }

    fn work(&mut self, question: Question) -> Option<Answer> {
        match question {
            Question::Lay { .. } => None,
            Question::Compare { was, set, shown, columns } => {
                let fits = was.len() == self.latents.len() && set.len() == self.latents.len();
                fits.then(|| Answer::Compared(self.compare([was, set], shown, columns)))
            }
            Question::Search { search: number, was, set, chosen } => {
                self.search = None;
                // What is not looked for stays as it is.
                self.recording.hold(&self.latents, &was);
                let latents =
                    chosen.iter().filter_map(|place| self.latents.get(usize::from(*place)).copied()).collect();
                match Search::new(&self.recording, latents, of(&set, &chosen)) {
                    Ok(search) => {
                        let differs = search.differs();
                        self.search = Some(Searching { number, was: of(&was, &chosen), search });
                        Some(Answer::Searched { search: number, rounds: 0, differs })
                    }
                    Err(error) => Some(Answer::Failed(error.to_string())),
                }
            }
            Question::Round { search: number } => {
                let Searching { was, search, .. } = self.search.as_mut().filter(|own| own.number == number)?;
                search.round(&self.recording);
                if search.goes_on() {
                    let (rounds, differs) = (search.rounds as u32, search.differs());
                    return Some(Answer::Searched { search: number, rounds, differs });
                }
                let fit = search.fit(&self.recording, was);
                self.search = None;
                Some(Answer::Found { search: number, fit })
            }
        }
    }

    fn compare(&self, sets: [Vec<f64>; 2], shown: u16, columns: u32) -> Compared {
        let signals = (0u16..).zip(&self.recording.model().signals);
        let measured = signals.filter(|(_, own)| matches!(own.role, Role::Measured { .. }));
        let residuals = measured.map(|(signal, _)| Residual { signal, ..Residual::default() }).collect();
        let mut compared = Compared { residuals, columns: Vec::new() };
        let span = self.recording.span();
        let length = (span.1.0 - span.0.0).max(1);
        let place = |micros: i64| (micros - span.0.0).saturating_mul(i64::from(columns)) / length;
        self.recording.compare(
            &self.latents,
            &sets,
            |Shown { t, signal, measured, members: [was, set, ..], .. }| {
                let Some(residual) = compared.residuals.iter_mut().find(|own| own.signal == signal) else { return };
                residual.count += 1;
                residual.was += (measured - was) * (measured - was);
                residual.set += (measured - set) * (measured - set);
                if signal != shown {
                    return;
                }
                match compared.columns.last_mut().filter(|last| place(last.micros) == place(t.0)) {
                    Some(last) => {
                        let (low, high) = (last.low.min(measured), last.high.max(measured));
                        *last = Column { micros: t.0, low, high, was: *was, set: *set };
                    }
                    None => {
                        compared.columns.push(Column {
                            micros: t.0,
                            low: measured,
                            high: measured,
                            was: *was,
                            set: *set,
                        });
                    }
                }
            },
        );
        for residual in &mut compared.residuals {
            let root = |sum: f64| (sum / f64::from(residual.count.max(1))).sqrt();
            (residual.was, residual.set) = (root(residual.was), root(residual.set));
        }
        compared
    }
}

/// Those of `values` whose places are `chosen`.
fn of(values: &[f64], chosen: &[u16]) -> Vec<f64> {
    chosen.iter().filter_map(|place| values.get(usize::from(*place)).copied()).collect()
}
