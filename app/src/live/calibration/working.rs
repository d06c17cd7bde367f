//! Has a worker compare and search while the page goes on; without one the page does it, a round at a time.

use std::{cell::RefCell, rc::Rc, time::Duration};

use leptos::prelude::*;

use super::{
    Calibration, Quest, Stage,
    bench::{self, Answer, Compared, Question},
};
use crate::{
    browser::workers::Workers,
    live::errand::{Errand, Report},
};

/// Columns of the chart.
const COLUMNS: u32 = 600;

thread_local! {
    /// Of the one page of its kind that a tab shows. On the server nobody asks.
    static HANDS: RefCell<Option<Hands>> = const { RefCell::new(None) };
}

enum Hands {
    Worker(Workers),
    /// There are no workers here.
    Own,
}

impl Calibration {
    /// Has what the sliders say compared with what was measured: at once, or once the worker is done with what they said
    /// before.
    pub fn compare(&self) {
        let (is_busy, _) = self.comparing.get_value();
        if !matches!(self.stage.get_untracked(), Stage::Ready(_)) {
            return;
        }
        self.comparing.set_value((true, is_busy));
        if !is_busy {
            let (was, set) = (self.was.get_untracked(), self.set.get_untracked());
            self.ask(Question::Compare { was, set, shown: self.shown.get_untracked(), columns: COLUMNS });
        }
    }

    /// Begins to look for the parameters that are chosen, from where the sliders stand.
    pub fn search(&self) {
        let search = self.searches.get_value() + 1;
        self.searches.set_value(search);
        let chosen = self.chosen.get_untracked();
        let chosen = (0u16..).zip(chosen).filter(|(_, is_chosen)| *is_chosen).map(|(place, _)| place).collect();
        let (was, set) = (self.was.get_untracked(), self.set.get_untracked());
        self.fit.set(None);
        self.quest.set(Quest::Searching { rounds: 0, differs: f64::NAN });
        self.ask(Question::Search { search, was, set, chosen });
    }

    /// Looks no further.
    pub fn stop(&self) {
        if self.is_searching() {
            self.searches.update_value(|search| *search += 1);
            self.quest.set(Quest::Stopped);
        }
    }

    /// Ends the worker: the page closes.
    pub fn close(&self) {
        self.turn.update_value(|turn| *turn += 1);
        HANDS.take();
    }

    /// What was compared is of a window that is no longer looked at.
    pub(super) fn forget(&self) {
        self.comparing.set_value((false, false));
        self.searches.update_value(|search| *search += 1);
        self.compared.set_value(Compared::default());
        self.revision.update(|revision| *revision += 1);
    }

    pub(super) fn ask(self, question: Question) {
        let (window, question) = (self.turn.get_value(), wire::encode(&question));
        HANDS.with_borrow_mut(|hands| {
            let hands = hands.get_or_insert_with(|| {
                let workers = Workers::start(1, Rc::new(move |_, report| self.hear(report)));
                workers.map_or(Hands::Own, Hands::Worker)
            });
            match hands {
                Hands::Worker(workers) => workers.send(0, &Errand::Calibrate { window, question }),
                Hands::Own => set_timeout(move || self.work_here(window, &question), Duration::ZERO),
            }
        });
    }

    fn work_here(self, window: u32, question: &[u8]) {
        let is_open = HANDS.with_borrow(|hands| matches!(hands, Some(Hands::Own)));
        if let Some(answer) = is_open.then(|| bench::answered(window, question)).flatten() {
            self.hear(Some(Report::Calibrated { window, answer }));
        }
    }

    /// Takes in what the worker says; nothing from one that failed.
    fn hear(self, report: Option<Report>) {
        let Some(turn) = self.turn.try_get_value() else { return };
        match report {
            Some(Report::Calibrated { window, answer }) => {
                if let (true, Ok(answer)) = (window == turn, wire::decode(&answer)) {
                    self.take(answer);
                }
            }
            // It has stopped, or has no part of the program that could answer.
            Some(_) | None => {
                HANDS.take();
                self.take(Answer::Failed(
                    "This browser\u{2019}s worker has stopped. Load the window again.".to_string(),
                ));
            }
        }
    }

    fn take(self, answer: Answer) {
        let is_asked = |search| search == self.searches.get_value();
        match answer {
            Answer::Laid { believed, count } => {
                let was = self.believed().unwrap_or(believed);
                self.set.set(self.begin_at(&was));
                self.was.set(was);
                self.stage.set(Stage::Ready(count as usize));
                self.compare();
            }
            Answer::Compared(compared) => {
                self.compared.set_value(compared);
                self.revision.update(|revision| *revision += 1);
                let (_, is_old) = self.comparing.get_value();
                self.comparing.set_value((false, false));
                if is_old {
                    self.compare();
                }
            }
            Answer::Searched { search, rounds, differs } if is_asked(search) => {
                self.quest.set(Quest::Searching { rounds, differs });
                self.ask(Question::Round { search });
            }
            Answer::Found { search, fit } if is_asked(search) => {
                self.set.update(|set| {
                    self.parameters.with_value(|all| {
                        for (own, set) in all.iter().zip(set) {
                            let found = fit.parameters.iter().find(|found| found.latent == own.latent);
                            *set = found.map_or(*set, |found| found.value);
                        }
                    });
                });
                self.fit.set(Some(fit));
                self.quest.set(Quest::Found);
                self.compare();
            }
            Answer::Searched { .. } | Answer::Found { .. } => {}
            Answer::Failed(why) if self.stage.get_untracked() == Stage::Fetching => self.stage.set(Stage::Lost(why)),
            Answer::Failed(why) => self.quest.set(Quest::Failed(why)),
        }
    }
}
