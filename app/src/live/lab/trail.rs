//! Where the sliders have been: the way back, and forward again.

use twin::Scenario;

use crate::live::kept::Kept;

/// Steps that can be taken back.
const MOST: usize = 100;

/// The sliders that were moved, and what was kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Place {
    pub moved: Scenario,
    pub kept: Vec<Kept>,
}

/// The places of a page, in order; one of them is where it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Trail {
    places: Vec<Place>,
    here: usize,
}

impl Trail {
    pub fn new(first: Place) -> Trail {
        Trail { places: vec![first], here: 0 }
    }

    /// Notes a place that somebody went to; what had been taken back is gone. Staying is no step.
    pub fn go(&mut self, place: Place) {
        if self.places[self.here] == place {
            return;
        }
        self.places.truncate(self.here + 1);
        self.places.push(place);
        let over = self.places.len().saturating_sub(MOST + 1);
        self.places.drain(..over);
        self.here = self.places.len() - 1;
    }

    /// Whether there is a place one step back, or forward.
    pub fn can(&self, forward: bool) -> bool {
        if forward { self.here + 1 < self.places.len() } else { self.here > 0 }
    }

    /// Goes one step back, or forward, where there is one.
    pub fn step(&mut self, forward: bool) -> Option<Place> {
        if !self.can(forward) {
            return None;
        }
        self.here = if forward { self.here + 1 } else { self.here - 1 };
        Some(self.places[self.here].clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(value: f64) -> Place {
        Place { moved: Scenario { sliders: vec![(0, value)] }, kept: Vec::new() }
    }

    #[test]
    fn steps_are_taken_back_and_again_until_another_way_is_gone() {
        let mut trail = Trail::new(Place::default());
        trail.go(at(1.0));
        trail.go(at(1.0));
        trail.go(at(2.0));
        assert_eq!(trail.step(true), None);
        assert_eq!(trail.step(false), Some(at(1.0)));
        assert_eq!(trail.step(false), Some(Place::default()));
        assert_eq!(trail.step(false), None);
        assert_eq!(trail.step(true), Some(at(1.0)));
        trail.go(at(3.0));
        assert!(!trail.can(true));
        assert_eq!(trail.step(false), Some(at(1.0)));
    }

    #[test]
    fn the_oldest_steps_are_forgotten() {
        let mut trail = Trail::new(Place::default());
        (0..=MOST).for_each(|step| trail.go(at(step as f64)));
        let back = std::iter::from_fn(|| trail.step(false)).count();
        assert_eq!(back, MOST);
        assert_eq!(trail.step(true), Some(at(1.0)));
    }
}
