//! Where an instant and a value stand in pixels.

use twin::{
    Timestamp,
    series::{Point, clip, clip_values},
};

use super::trend::Trend;

pub type Pixel = (i32, i32);

/// The pixels of one drawing of a trend.
pub struct Frame<'a> {
    pub trend: &'a Trend,
    pub width: i32,
    pub height: i32,
}

impl<'a> Frame<'a> {
    pub fn new(trend: &'a Trend, (width, height): (u32, u32)) -> Frame<'a> {
        Frame { trend, width: width as i32, height: height as i32 }
    }

    pub fn css_width(&self) -> f64 {
        f64::from(self.width) / self.trend.pixel_ratio
    }

    /// So many pixels of the page, in whole device pixels; at least one.
    pub fn pixels(&self, css: f64) -> i32 {
        ((css * self.trend.pixel_ratio).round() as i32).max(1)
    }

    pub fn x(&self, t: Timestamp) -> i32 {
        let share = (t - self.trend.from).secs() / (self.trend.to - self.trend.from).secs();
        (share * f64::from(self.width - 1)).round() as i32
    }

    /// Values out of sight stand on the edge.
    pub fn y(&self, value: f64) -> i32 {
        let (low, high) = (self.trend.values.low, self.trend.values.high);
        let share = ((value - low) / (high - low)).clamp(0.0, 1.0);
        ((1.0 - share) * f64::from(self.height - 1)).round() as i32
    }

    pub fn x_inside(&self, t: Timestamp) -> Option<i32> {
        (t >= self.trend.from && t <= self.trend.to).then(|| self.x(t))
    }

    pub fn point_inside(&self, point: &Point) -> Option<Pixel> {
        let is_in_sight = point.value >= self.trend.values.low && point.value <= self.trend.values.high;
        self.x_inside(point.t).filter(|_| is_in_sight).map(|x| (x, self.y(point.value)))
    }

    /// Vertices one a point, without those that fall on the one before.
    pub fn path(&self, points: &[Point]) -> Vec<Pixel> {
        let mut path: Vec<Pixel> = points.iter().map(|point| (self.x(point.t), self.y(point.value))).collect();
        path.dedup();
        path
    }

    /// What lies between a line and zero, or the edge on that side.
    pub fn above_zero(&self, points: &[Point]) -> Vec<Pixel> {
        let (Some(first), Some(last)) = (points.first(), points.last()) else { return Vec::new() };
        let mut outline = self.path(points);
        outline.extend([(self.x(last.t), self.y(0.0)), (self.x(first.t), self.y(0.0))]);
        outline
    }

    /// The parts of a line that are in sight.
    pub fn visible_paths(&self, points: &[Point]) -> Vec<Vec<Pixel>> {
        let shown = clip(points, self.trend.from, self.trend.to);
        clip_values(&shown, self.trend.values.low, self.trend.values.high)
            .iter()
            .map(|stretch| self.path(stretch))
            .filter(|path| path.len() > 1)
            .collect()
    }

    /// Cuts a path into dashes of `on` pixels of the page with `off` between them.
    pub fn dashes(&self, path: &[Pixel], on: f64, off: f64) -> Vec<Vec<Pixel>> {
        let (on, off) = (on * self.trend.pixel_ratio, off * self.trend.pixel_ratio);
        let mut dashes = Vec::new();
        let Some(first) = path.first() else { return dashes };
        let mut dash = vec![*first];
        let mut left = on;
        let mut is_on = true;
        for pair in path.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let (dx, dy) = (f64::from(to.0 - from.0), f64::from(to.1 - from.1));
            let length = dx.hypot(dy);
            let mut at = 0.0;
            while length - at > left {
                at += left;
                let turn = (
                    (f64::from(from.0) + dx * at / length).round() as i32,
                    (f64::from(from.1) + dy * at / length).round() as i32,
                );
                if is_on {
                    dash.push(turn);
                    dashes.push(std::mem::take(&mut dash));
                } else {
                    dash = vec![turn];
                }
                is_on = !is_on;
                left = if is_on { on } else { off };
            }
            left -= length - at;
            if is_on {
                dash.push(to);
            }
        }
        if is_on && dash.len() > 1 {
            dashes.push(dash);
        }
        dashes
    }
}
