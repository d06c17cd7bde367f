//! What pointers, the wheel and keys over a chart ask for. It knows no browser: places are shares of the chart's width.

use crate::live::stretch::Stretch;

/// A press that moves less is a click.
const LEAST_DRAG: f64 = 0.008;
/// How much a key or a button moves, and zooms.
pub const PACE: f64 = 0.25;
pub const ZOOM: f64 = 2.0;
/// How far an arrow moves the cursor.
const STEP: f64 = 0.01;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wish {
    Nothing,
    /// To hold another stretch.
    Hold(Stretch),
    /// To follow now again.
    Follow,
    /// To follow now, or to stay where the charts are.
    Pause,
    /// To point at a place.
    Point(f64),
    /// To point nowhere.
    Leave,
    /// To mark what will be shown when the pointer is let go.
    Mark(f64, f64),
}

/// What is being done with pointers.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
enum Doing {
    #[default]
    Nothing,
    Marking {
        from: f64,
    },
    Moving {
        from: f64,
        base: Stretch,
    },
    Pinching {
        from: [f64; 2],
        base: Stretch,
    },
}

/// The pointers that are down, and what they do.
#[derive(Debug, Clone, Default)]
pub struct Hand {
    /// Number and place of each, in order of their coming.
    down: Vec<(i32, f64)>,
    doing: Doing,
}

impl Hand {
    /// A pointer came down. A finger moves the stretch, as does a mouse with a shift key; a mouse alone marks a part.
    pub fn press(&mut self, pointer: i32, share: f64, is_moving: bool, shown: Stretch) {
        self.down.retain(|(known, _)| *known != pointer);
        self.down.push((pointer, share));
        self.doing = match self.down[..] {
            [_] if is_moving => Doing::Moving { from: share, base: shown },
            [_] => Doing::Marking { from: share },
            [(_, a), (_, b)] => Doing::Pinching { from: [a, b], base: shown },
            _ => Doing::Nothing,
        };
    }

    /// A pointer moved, pressed or not.
    pub fn drag(&mut self, pointer: i32, share: f64) -> Wish {
        let Some(own) = self.down.iter_mut().find(|(known, _)| *known == pointer) else {
            return if self.down.is_empty() { Wish::Point(share) } else { Wish::Nothing };
        };
        own.1 = share;
        match self.doing {
            Doing::Nothing => Wish::Nothing,
            Doing::Marking { from } if (share - from).abs() < LEAST_DRAG => Wish::Point(share),
            Doing::Marking { from } => Wish::Mark(from.clamp(0.0, 1.0), share.clamp(0.0, 1.0)),
            Doing::Moving { from, .. } if (share - from).abs() < LEAST_DRAG => Wish::Point(share),
            Doing::Moving { from, base } => Wish::Hold(base.moved(from - share)),
            Doing::Pinching { from, base } => {
                let [(_, a), (_, b)] = self.down[..] else { return Wish::Nothing };
                pinched(base, from, [a, b])
            }
        }
    }

    /// A pointer was let go.
    pub fn release(&mut self, pointer: i32, shown: Stretch) -> Wish {
        let Some(at) = self.down.iter().position(|(known, _)| *known == pointer) else { return Wish::Nothing };
        let (_, share) = self.down.remove(at);
        let done = std::mem::take(&mut self.doing);
        match (done, &self.down[..]) {
            (Doing::Marking { from }, []) if (share - from).abs() >= LEAST_DRAG => {
                Wish::Hold(shown.part(from.clamp(0.0, 1.0), share.clamp(0.0, 1.0)))
            }
            // The finger that stays goes on by itself.
            (Doing::Pinching { .. }, [(_, share)]) => {
                self.doing = Doing::Moving { from: *share, base: shown };
                Wish::Nothing
            }
            _ => Wish::Nothing,
        }
    }

    /// The browser took the pointers away.
    pub fn cancel(&mut self) -> Wish {
        *self = Hand::default();
        Wish::Leave
    }
}

/// The wheel turned by so many pixels: towards the user is away from the picture.
pub fn wheel(share: f64, pixels: f64, shown: Stretch) -> Wish {
    Wish::Hold(shown.scaled(share, 1.0015_f64.powf(pixels.clamp(-400.0, 400.0))))
}

/// A key was pressed, with the cursor at a share of the chart; with a shift key it goes ten times as far.
pub fn key(name: &str, has_shift: bool, cursor: Option<f64>, shown: Stretch) -> Wish {
    let share = cursor.unwrap_or(0.5);
    let step = if has_shift { 10.0 * STEP } else { STEP };
    match name {
        "ArrowLeft" => Wish::Point((share - step).clamp(0.0, 1.0)),
        "ArrowRight" => Wish::Point((share + step).clamp(0.0, 1.0)),
        "PageUp" => Wish::Hold(shown.moved(-PACE)),
        "PageDown" => Wish::Hold(shown.moved(PACE)),
        "+" | "=" => Wish::Hold(shown.scaled(share, 1.0 / ZOOM)),
        "-" | "_" => Wish::Hold(shown.scaled(share, ZOOM)),
        "Home" => Wish::Follow,
        " " => Wish::Pause,
        "Escape" => Wish::Leave,
        _ => Wish::Nothing,
    }
}

/// The stretch that has under both fingers what they had under them when they came down.
fn pinched(base: Stretch, from: [f64; 2], to: [f64; 2]) -> Wish {
    let (before, after) = (from[1] - from[0], to[1] - to[0]);
    if before.abs() < LEAST_DRAG || after.abs() < LEAST_DRAG || before.signum() != after.signum() {
        return Wish::Nothing;
    }
    let factor = before / after;
    let begin = from[0] - to[0] * factor;
    Wish::Hold(base.part(begin, begin + factor))
}

#[cfg(test)]
mod tests {
    use twin::Timestamp;

    use super::*;

    fn secs(from: i64, to: i64) -> Stretch {
        Stretch::new(Timestamp(from * 1_000_000), Timestamp(to * 1_000_000))
    }

    fn shown() -> Stretch {
        secs(0, 100)
    }

    #[test]
    fn a_mouse_marks_a_part_and_gets_it() {
        let mut hand = Hand::default();
        assert_eq!(hand.drag(1, 0.3), Wish::Point(0.3));
        hand.press(1, 0.6, false, shown());
        assert_eq!(hand.drag(1, 0.2), Wish::Mark(0.6, 0.2));
        assert_eq!(hand.release(1, shown()), Wish::Hold(secs(20, 60)));
        assert_eq!(hand.drag(1, 0.3), Wish::Point(0.3));
    }

    #[test]
    fn a_click_changes_nothing() {
        let mut hand = Hand::default();
        hand.press(1, 0.5, false, shown());
        assert_eq!(hand.drag(1, 0.501), Wish::Point(0.501));
        assert_eq!(hand.release(1, shown()), Wish::Nothing);
    }

    #[test]
    fn a_part_ends_at_the_edge_however_far_the_mouse_went() {
        let mut hand = Hand::default();
        hand.press(1, 0.5, false, shown());
        assert_eq!(hand.drag(1, 1.7), Wish::Mark(0.5, 1.0));
        assert_eq!(hand.release(1, shown()), Wish::Hold(secs(50, 100)));
    }

    #[test]
    fn a_finger_moves_the_picture_with_it() {
        let mut hand = Hand::default();
        hand.press(7, 0.5, true, shown());
        // One that rests or goes up only points.
        assert_eq!(hand.drag(7, 0.505), Wish::Point(0.505));
        assert_eq!(hand.drag(7, 0.75), Wish::Hold(secs(-25, 75)));
        assert_eq!(hand.release(7, secs(-25, 75)), Wish::Nothing);
    }

    #[test]
    fn two_fingers_keep_what_is_under_them() {
        let mut hand = Hand::default();
        hand.press(1, 0.4, true, shown());
        hand.press(2, 0.6, true, shown());
        // What was at 40 s and at 60 s is at the edges of the middle half now.
        hand.drag(1, 0.25);
        let Wish::Hold(pinched) = hand.drag(2, 0.75) else { panic!("nothing asked for") };
        assert_eq!((pinched.at(0.25).0 / 1_000, pinched.at(0.75).0 / 1_000), (40_000, 60_000));
        // The finger that stays moves on from where it is.
        assert_eq!(hand.release(1, pinched), Wish::Nothing);
        let Wish::Hold(moved) = hand.drag(2, 0.85) else { panic!("nothing asked for") };
        assert_eq!(moved, pinched.moved(0.75 - 0.85));
    }

    #[test]
    fn fingers_that_meet_or_cross_ask_for_nothing() {
        let mut hand = Hand::default();
        hand.press(1, 0.4, true, shown());
        hand.press(2, 0.6, true, shown());
        assert_eq!(hand.drag(1, 0.6), Wish::Nothing);
        assert_eq!(hand.drag(1, 0.9), Wish::Nothing);
        hand.press(3, 0.1, true, shown());
        assert_eq!(hand.drag(3, 0.2), Wish::Nothing);
        assert_eq!(hand.cancel(), Wish::Leave);
        assert_eq!(hand.drag(9, 0.2), Wish::Point(0.2));
    }

    #[test]
    fn the_wheel_zooms_at_the_pointer_and_never_wildly() {
        let Wish::Hold(closer) = wheel(0.25, -100.0, shown()) else { panic!("nothing asked for") };
        assert!(closer.length() < shown().length());
        assert!((closer.at(0.25).0 - 25_000_000).abs() < 10);
        assert_eq!(wheel(0.25, -1e9, shown()), wheel(0.25, -400.0, shown()));
    }

    #[test]
    fn every_gesture_has_a_key() {
        let press = |name| key(name, false, Some(0.5), shown());
        assert_eq!(press("+"), Wish::Hold(secs(25, 75)));
        assert_eq!(press("-"), Wish::Hold(secs(-50, 150)));
        assert_eq!(press("PageUp"), Wish::Hold(secs(-25, 75)));
        assert_eq!(press("PageDown"), Wish::Hold(secs(25, 125)));
        assert_eq!(press("ArrowLeft"), Wish::Point(0.49));
        assert_eq!(key("ArrowRight", true, Some(0.95), shown()), Wish::Point(1.0));
        assert_eq!((press("Home"), press(" "), press("Escape")), (Wish::Follow, Wish::Pause, Wish::Leave));
        assert_eq!(press("a"), Wish::Nothing);
        assert_eq!(key("ArrowRight", false, None, shown()), Wish::Point(0.51));
    }
}
