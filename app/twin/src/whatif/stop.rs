//! When an asset stops, in a future: what the model says of the time after that is no longer about this asset.

use super::{Crossing, Projection};
use crate::{model::Model, time::Timestamp};

/// Of the failures of severity `stop` that most members meet after a future begins, the first; those that the model itself
/// repairs end nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// By then one in 20 members has stopped.
    pub early: Timestamp,
    /// By then half of the members have stopped.
    pub mid: Timestamp,
    /// By then 19 of 20 have; the end of the future where they have not.
    pub late: Timestamp,
}

impl Projection {
    /// The first stop; `None` where the asset goes on, or has stopped before the future begins.
    pub fn stop(&self, model: &Model) -> Option<Stop> {
        let (begin, end) = (*self.times.first()?, *self.times.last()?);
        let is_stop = |crossing: &&Crossing| {
            crossing.failure(model).is_some_and(|failure| failure.severity == "stop" && failure.repair.is_none())
        };
        let stop = |crossing: &Crossing| {
            let mid = crossing.quantile(0.5).filter(|mid| *mid > begin + model.step)?;
            let early = crossing.quantile(0.05).unwrap_or(mid);
            Some(Stop { early, mid, late: crossing.quantile(0.95).unwrap_or(end) })
        };
        self.crossings.iter().filter(is_stop).filter_map(stop).min_by_key(|stop| stop.mid)
    }
}

#[cfg(test)]
mod tests {
    use alloc::{vec, vec::Vec};

    use super::*;
    use crate::whatif::Met;

    #[test]
    fn a_future_stops_where_half_of_it_has_met_a_stopping_failure() {
        let model = Model::parse(include_str!("../../../../server/models/li-ion-cell.toml")).unwrap();
        let at = |secs: i64| Timestamp(secs * 1_000_000);
        let stop = |first: Vec<Option<i64>>| {
            let first = first.into_iter().map(|secs| secs.map(at)).collect();
            let crossings = vec![Crossing { met: Met::Failure(0), first }];
            Projection { times: vec![at(0), at(1_000)], crossings, ..Projection::default() }.stop(&model)
        };
        let all = (0..100).map(|i| Some(100 + i)).collect();
        assert_eq!(stop(all), Some(Stop { early: at(105), mid: at(150), late: at(195) }));
        let most = (0..100).map(|i| (i < 60).then_some(100 + i)).collect();
        assert_eq!(stop(most), Some(Stop { early: at(105), mid: at(150), late: at(1_000) }));
        assert_eq!(stop((0..100).map(|i| (i < 40).then_some(100)).collect()), None);
        assert_eq!(stop(vec![Some(0); 100]), None, "what has stopped before may start again");
    }
}
