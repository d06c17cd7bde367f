//! What assets did at every moment: a lane each, the worse the taller; beyond now, what is planned and what is foreseen.

use plotters::{
    coord::Shift,
    drawing::{DrawingArea, DrawingAreaErrorKind},
    element::{PathElement, Rectangle},
    prelude::DrawingBackend,
    style::{Color, ShapeStyle},
};
use twin::{
    Timestamp,
    kpi::{Doing, Interval},
};

use super::tones::Tone;

/// Units of a lane, and of the whole width.
pub const LANE: u32 = 28;
pub const WIDTH: u32 = 1_000;

#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    pub shown: Interval,
    /// What lies after it has not happened.
    pub now: Timestamp,
    pub lanes: Vec<Lane>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lane {
    /// In order of time.
    pub course: Vec<(Interval, Doing)>,
    pub ahead: Vec<(Interval, Doing)>,
}

impl Timeline {
    pub fn size(&self) -> (u32, u32) {
        (WIDTH, LANE * self.lanes.len().max(1) as u32)
    }

    /// Where `t` stands, 0 to 1.
    pub fn share(&self, t: Timestamp) -> f64 {
        let whole = self.shown.length().secs();
        if whole > 0.0 { ((t - self.shown.from).secs() / whole).clamp(0.0, 1.0) } else { 0.0 }
    }

    fn x(&self, t: Timestamp) -> i32 {
        (self.share(t) * f64::from(WIDTH)).round() as i32
    }

    /// What is drawn of a course: of stretches too short to be told apart the worst, so that no failure is too short to be
    /// seen, and a century costs no more than a day.
    fn columns(&self, course: &[(Interval, Doing)]) -> Vec<(i32, i32, Doing)> {
        let mut columns: Vec<(i32, i32, Doing)> = Vec::new();
        for (during, doing) in course {
            let during = during.and(self.shown);
            if during.is_empty() {
                continue;
            }
            let from = self.x(during.from).min(WIDTH as i32 - 1);
            let to = self.x(during.to).max(from + 1);
            let Some(last) = columns.last_mut() else {
                columns.push((from, to, *doing));
                continue;
            };
            if from >= last.1 {
                columns.push((from, to, *doing));
            } else if *doing <= last.2 {
                // What is left of it begins after the worse one.
                if to > last.1 {
                    let from = last.1;
                    columns.push((from, to, *doing));
                }
            } else if from <= last.0 {
                *last = (last.0, to, *doing);
            } else {
                last.1 = from;
                columns.push((from, to, *doing));
            }
        }
        columns
    }
}

/// Its colour and how much of a lane it takes, in percent.
fn look(doing: Doing) -> (Tone, i32) {
    match doing {
        Doing::Rests => (Tone::Grid, 12),
        Doing::Runs => (Tone::Runs, 36),
        Doing::Unknown => (Tone::Planned, 0),
        Doing::Planned => (Tone::Planned, 60),
        Doing::Stopped => (Tone::Stopped, 80),
        Doing::Failed => (Tone::Failed, 100),
    }
}

type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// Draws it over the whole of `area`, which is as large as it says.
pub fn draw<DB: DrawingBackend>(area: &DrawingArea<DB, Shift>, timeline: &Timeline) -> Drawn<DB> {
    let line = |tone: Tone, stroke_width| ShapeStyle { color: tone.colour(), filled: false, stroke_width };
    for (number, lane) in timeline.lanes.iter().enumerate() {
        let middle = LANE as i32 * number as i32 + LANE as i32 / 2;
        let half = |percent: i32| (LANE as i32 - 6) * percent / 200;
        let mut columns = timeline.columns(&lane.course);
        // What has one colour is drawn at once.
        columns.sort_by_key(|(_, _, doing)| *doing);
        for (from, to, doing) in columns {
            let (tone, percent) = look(doing);
            if percent == 0 {
                area.draw(&PathElement::new(vec![(from, middle), (to, middle)], line(tone, 1)))?;
                continue;
            }
            let corners = [(from, middle - half(percent)), (to, middle + half(percent))];
            area.draw(&Rectangle::new(corners, tone.colour().filled()))?;
        }
        for (from, to, doing) in timeline.columns(&lane.ahead) {
            let (tone, percent) = look(doing);
            let corners = [(from, middle - half(percent)), (to.max(from + 3), middle + half(percent))];
            area.draw(&Rectangle::new(corners, tone.colour().mix(0.25).filled()))?;
            area.draw(&Rectangle::new(corners, line(tone, 1)))?;
        }
    }
    if timeline.now > timeline.shown.from && timeline.now < timeline.shown.to {
        let (x, height) = (timeline.x(timeline.now), timeline.size().1 as i32);
        area.draw(&PathElement::new(vec![(x, 0), (x, height)], line(Tone::Line, 1)))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::svg;

    fn during(from: i64, to: i64) -> Interval {
        Interval::new(Timestamp(from * 1_000_000), Timestamp(to * 1_000_000))
    }

    fn timeline(course: &[(i64, i64, Doing)]) -> Timeline {
        let course = course.iter().map(|(from, to, doing)| (during(*from, *to), *doing)).collect();
        let lanes = vec![Lane { course, ahead: Vec::new() }];
        Timeline { shown: during(0, 1_000), now: Timestamp(1_000_000_000), lanes }
    }

    fn picture(timeline: &Timeline) -> String {
        svg::paint(timeline.size(), Tone::named, |area| draw(area, timeline)).replace("/>", "/>\n")
    }

    #[test]
    fn empty() {
        let nothing = Timeline { shown: during(0, 0), now: Timestamp(0), lanes: Vec::new() };
        insta::assert_snapshot!(picture(&nothing));
    }

    #[test]
    fn single_value() {
        insta::assert_snapshot!(picture(&timeline(&[(0, 1_000, Doing::Runs)])));
    }

    #[test]
    fn all_unknown() {
        insta::assert_snapshot!(picture(&timeline(&[(0, 1_000, Doing::Unknown)])));
    }

    #[test]
    fn each_doing_and_what_is_ahead() {
        let all = Doing::ALL.into_iter().zip(0..).map(|(doing, n)| (100 * n, 100 * n + 100, doing));
        let mut timeline = timeline(&all.collect::<Vec<_>>());
        timeline.now = Timestamp(600_000_000);
        timeline.lanes[0].ahead = vec![(during(700, 750), Doing::Planned), (during(800, 2_000), Doing::Failed)];
        insta::assert_snapshot!(picture(&timeline));
    }

    #[test]
    fn a_failure_of_a_moment_is_seen() {
        let short = [(0, 500, Doing::Runs), (500, 500, Doing::Failed), (500, 1_000, Doing::Runs)];
        assert_eq!(timeline(&short).columns(&[]), []);
        let mut shown = timeline(&short);
        shown.lanes[0].course[1].0.to = Timestamp(500_000_001);
        let columns = shown.columns(&shown.lanes[0].course);
        assert_eq!(columns, [(0, 500, Doing::Runs), (500, 501, Doing::Failed), (501, 1_000, Doing::Runs)]);
    }

    #[test]
    fn many_stops_cost_no_more_than_there_are_columns() {
        let each = |n: i64| (during(n, n + 1), if n % 3 == 0 { Doing::Stopped } else { Doing::Runs });
        let many: Vec<_> = (0..90_000).map(each).collect();
        let century = Timeline { shown: during(0, 90_000), now: Timestamp(0), lanes: Vec::new() };
        let columns = century.columns(&many);
        assert!(columns.len() <= 1_000 && columns.windows(2).all(|pair| pair[0].1 <= pair[1].0));
    }
}
