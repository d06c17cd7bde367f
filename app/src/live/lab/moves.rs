//! How sliders move, which of them stay, and the steps back.

use leptos::prelude::*;

use super::{Lab, trail::Place};
use crate::live::kept;

impl Lab {
    /// Moves a slider and draws the future that follows, before it returns; not one that is locked.
    pub fn set(&self, number: u16, value: f64) {
        if self.is_locked(number) {
            return;
        }
        let Some((min, max)) = self.sliders.with_value(|all| all.get(usize::from(number)).map(|s| (s.min, s.max)))
        else {
            return;
        };
        if value.is_finite() {
            self.moved.update(|moved| kept::put(moved, number, value.clamp(min, max)));
            self.run();
        }
    }

    /// Moves a slider by its name.
    pub fn set_named(&self, name: &str, value: f64) -> bool {
        let number = self.sliders.with_value(|all| all.iter().position(|slider| slider.name == name));
        if let Some(number) = number {
            self.set(number as u16, value);
        }
        number.is_some()
    }

    /// Moves a slider by some of its steps, up or down.
    pub fn nudge(&self, number: u16, steps: f64) {
        let step = self.sliders.with_value(|all| all.get(usize::from(number)).map(|slider| slider.step));
        if let Some(step) = step {
            // On the grid of steps: what one sees is what was set.
            let value = ((self.position(number) / step).round() + steps) * step;
            self.set(number, (value * 1e9).round() / 1e9);
            self.note_step();
        }
    }

    /// Moves the sliders to where these stand and takes all others back, but for those that are locked.
    pub fn set_all(&self, sliders: &[(u16, f64)]) {
        self.stand(sliders.iter().copied());
        self.run();
        self.note_step();
    }

    /// Moves all sliders that are not locked, and says nothing of it.
    fn stand(&self, sliders: impl Iterator<Item = (u16, f64)>) {
        let locked = self.locked.get_untracked();
        self.moved.update(|moved| {
            moved.sliders.retain(|(number, _)| locked.contains(number));
            for (number, value) in sliders.filter(|(number, _)| !locked.contains(number)) {
                kept::put(moved, number, value);
            }
        });
    }

    pub fn is_locked(&self, number: u16) -> bool {
        self.locked.with(|locked| locked.contains(&number))
    }

    /// Locks a slider where it is, or lets it go.
    pub fn turn_lock(&self, number: u16) {
        self.locked.update(|locked| match locked.iter().position(|own| *own == number) {
            Some(at) => drop(locked.remove(at)),
            None => locked.push(number),
        });
    }

    /// Whether there is a step to take back, or to take again.
    pub fn can_step(&self, forward: bool) -> bool {
        self.trail.with(|trail| trail.can(forward))
    }

    /// Takes the last step back, or takes it again.
    pub fn step(&self, forward: bool) {
        if let Some(Place { moved, kept }) = self.trail.try_update(|trail| trail.step(forward)).flatten() {
            self.stand(moved.sliders.into_iter());
            self.kept.set(kept);
            self.said.set(if forward { "Done again" } else { "Taken back" }.to_string());
            self.run();
            self.note_address();
        }
    }

    /// Notes where the sliders have come to, as a step that can be taken back and in the page's address.
    pub fn note_step(&self) {
        let here = Place { moved: self.moved.get_untracked(), kept: self.kept.get_untracked() };
        self.trail.update(|trail| trail.go(here));
        self.misread.set(String::new());
        self.note_address();
    }

    /// Whether the sliders stand as these do.
    pub fn stands_as(&self, sliders: &[(u16, f64)]) -> bool {
        self.moved.with(|moved| moved.sliders == sliders)
    }

    /// Takes a slider back to where it changes nothing.
    pub fn reset(&self, number: u16) {
        if self.is_locked(number) {
            return;
        }
        self.moved.update(|moved| *moved = moved.without(number));
        self.run();
        self.note_step();
    }

    pub fn reset_all(&self) {
        self.set_all(&[]);
    }
}
