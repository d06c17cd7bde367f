//! A crowded line as what it covers of each column of pixels: many rectangles cost a screen less than one ragged stroke.

use super::frame::Pixel;

/// What a line covers of one column, from its highest to its lowest pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub x: i32,
    pub top: i32,
    pub bottom: i32,
}

/// Whether a path turns so often that its columns are the cheaper way: a smooth line, which looks better as a stroke, has
/// about a vertex a column.
pub fn is_crowded(path: &[Pixel]) -> bool {
    let (Some(first), Some(last)) = (path.first(), path.last()) else { return false };
    let columns = (last.0 - first.0 + 1).unsigned_abs() as usize;
    path.len() > 64 && 2 * path.len() > 3 * columns
}

/// The columns of a path that never goes back, from left to right. Between two columns a line changes hands in the
/// middle.
pub fn columns_of(path: &[Pixel]) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    let mut cover = |x: i32, a: i32, b: i32| {
        let (top, bottom) = if a < b { (a, b) } else { (b, a) };
        match columns.last_mut() {
            Some(last) if last.x == x => {
                last.top = last.top.min(top);
                last.bottom = last.bottom.max(bottom);
            }
            _ => columns.push(Column { x, top, bottom }),
        }
    };
    if let [(x, y)] = *path {
        cover(x, y, y);
    }
    for ends in path.windows(2) {
        let ((x0, y0), (x1, y1)) = (ends[0], ends[1]);
        if x0 == x1 {
            cover(x0, y0, y1);
            continue;
        }
        let (width, height) = (i64::from(x1 - x0), i64::from(y1 - y0));
        // Where the line is halfway between column `x` and the next.
        let after = |x: i32| y0 + ((2 * i64::from(x - x0) + 1) * height / (2 * width)) as i32;
        cover(x0, y0, after(x0));
        for x in x0 + 1..x1 {
            cover(x, after(x - 1), after(x));
        }
        cover(x1, after(x1 - 1), y1);
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(x: i32, top: i32, bottom: i32) -> Column {
        Column { x, top, bottom }
    }

    #[test]
    fn a_column_is_covered_from_its_highest_to_its_lowest() {
        let path = [(3, 10), (3, 2), (3, 30), (3, 12)];
        assert_eq!(columns_of(&path), [column(3, 2, 30)]);
    }

    #[test]
    fn a_slope_changes_hands_between_columns() {
        assert_eq!(columns_of(&[(0, 0), (1, 10)]), [column(0, 0, 5), column(1, 5, 10)]);
        let slope = [column(0, 8, 10), column(1, 3, 8), column(2, 0, 3)];
        assert_eq!(columns_of(&[(0, 10), (2, 0)]), slope);
    }

    #[test]
    fn nothing_and_one_point() {
        assert_eq!(columns_of(&[]), []);
        assert_eq!(columns_of(&[(5, 6)]), [column(5, 6, 6)]);
        assert!(!is_crowded(&[]));
    }

    #[test]
    fn noise_is_crowded_and_a_smooth_line_is_not() {
        let noise: Vec<Pixel> = (0..200).flat_map(|x| [(x, 10), (x, 90), (x, 40)]).collect();
        assert!(is_crowded(&noise));
        let smooth: Vec<Pixel> = (0..200).map(|x| (x, x / 3)).collect();
        assert!(!is_crowded(&smooth));
    }

    proptest::proptest! {
        #[test]
        fn columns_are_whole_and_hold_every_vertex(turns in proptest::collection::vec((0..4i32, 0..400i32), 1..300)) {
            let mut x = 0;
            let path: Vec<Pixel> = turns.iter().map(|(dx, y)| { x += dx; (x, *y) }).collect();
            let columns = columns_of(&path);
            for (column, place) in columns.iter().zip(path[0].0..) {
                proptest::prop_assert_eq!(column.x, place);
            }
            proptest::prop_assert_eq!(columns.last().map(|column| column.x), path.last().map(|(x, _)| *x));
            for (x, y) in &path {
                let own = columns[(x - path[0].0) as usize];
                proptest::prop_assert!(own.top <= *y && *y <= own.bottom);
            }
            // Neighbours touch: the line has no hole.
            for pair in columns.windows(2) {
                proptest::prop_assert!(pair[0].top <= pair[1].bottom && pair[1].top <= pair[0].bottom);
            }
        }
    }
}
