//! In which order intermediates are worked out, and which of them need themselves.

use alloc::vec::Vec;

#[derive(Clone, Copy, PartialEq)]
enum Progress {
    Waiting,
    Open,
    Done,
}

/// By number, which others each needs: an order in which all that a thing needs comes before it, and the loops found
/// on the way, each as a path that ends where it begins.
///
/// Without recursion: no file can exhaust the stack.
pub(in crate::model) fn order(needs: &[Vec<usize>]) -> (Vec<usize>, Vec<Vec<usize>>) {
    let mut progress = alloc::vec![Progress::Waiting; needs.len()];
    let (mut order, mut loops) = (Vec::new(), Vec::new());
    for first in 0..needs.len() {
        if progress[first] != Progress::Waiting {
            continue;
        }
        progress[first] = Progress::Open;
        let mut path = Vec::from([(first, 0)]);
        while let Some((own, next)) = path.last_mut() {
            let Some(needed) = needs[*own].get(*next).copied() else {
                progress[*own] = Progress::Done;
                order.push(*own);
                path.pop();
                continue;
            };
            *next += 1;
            match progress[needed] {
                Progress::Done => {}
                Progress::Waiting => {
                    progress[needed] = Progress::Open;
                    path.push((needed, 0));
                }
                Progress::Open => {
                    let since = path.iter().position(|(own, _)| *own == needed).unwrap_or(0);
                    loops.push(path[since..].iter().map(|(own, _)| *own).chain([needed]).collect());
                }
            }
        }
    }
    (order, loops)
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn what_is_needed_comes_first() {
        assert_eq!(order(&[vec![2], vec![0], vec![], vec![1, 2]]), (vec![2, 0, 1, 3], vec![]));
    }

    #[test]
    fn loops_are_paths_that_end_where_they_begin() {
        let (_, loops) = order(&[vec![1], vec![2], vec![0], vec![3]]);
        assert_eq!(loops, [vec![0, 1, 2, 0], vec![3, 3]]);
    }
}
