//! What is kept of samples does not depend on the order in which they come.

use proptest::prelude::*;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn late_samples_find_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let plant = Plant::new();
    let open = plant.open(&folder.path().join("store.db"));
    // Every second time first, the rest later: compaction merges them into the blocks that cover them.
    for start in [0, 1] {
        for chunk in (start..40_000i64).step_by(2).collect::<Vec<_>>().chunks(5000) {
            plant.voltages(&open.0, chunk.iter().map(|t| (*t, *t as f64 / 1e4))).await;
        }
        open.0.compact().await.unwrap();
    }
    let signal = plant.catalog.assets()[0].binding("voltage").unwrap().signal;
    let history = open.0.history(0, signal, Timestamp(0), Timestamp(40_000_000_000), 8192).await.unwrap();
    assert_eq!(history.total, 40_000);
    let everything = open.0.history(0, signal, Timestamp(i64::MIN), Timestamp(i64::MAX), 1).await.unwrap();
    assert_eq!(everything.total, 40_000);
    assert!(history.points.windows(2).all(|pair| pair[0].t < pair[1].t));
    assert_eq!(counts(&plant.voltages(&open.0, [(1, 1e-4), (39_998, 3.9998), (20_001, 1.0)]).await), (0, 2, 1));
    assert_eq!(kept(&open.0).await.len(), 40_000);
    close(open).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_past_that_is_filled_up_in_order_is_told_from_what_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let plant = Plant::new();
    let open = plant.open(&folder.path().join("store.db"));
    let value = |t: i64| 3.0 + (t % 10) as f64 / 10.0;
    plant.voltages(&open.0, (10_000..12_000).map(|t| (t, value(t)))).await;
    plant.voltages(&open.0, [(4_000, 1.0), (7_000, 2.0)]).await;
    for is_compacted in [false, true] {
        let start = if is_compacted { 5_000 } else { 0 };
        for chunk in (start..start + 5_000i64).collect::<Vec<_>>().chunks(500) {
            let receipt = plant.voltages(&open.0, chunk.iter().map(|t| (*t, value(*t)))).await;
            let conflicts = chunk.iter().filter(|t| [4_000, 7_000].contains(*t)).count();
            assert_eq!(counts(&receipt), (chunk.len() - conflicts, 0, conflicts), "{chunk:?}");
        }
        let again = plant.voltages(&open.0, (start..start + 5_000).map(|t| (t, value(t)))).await;
        assert_eq!(counts(&again), (0, 4_999, 1));
        open.0.compact().await.unwrap();
    }
    assert_eq!(kept(&open.0).await.len(), 12_000);
    close(open).await;
}

/// Seconds in the order in which they are sent: by chance, or by several publishers that are at different places.
fn times() -> impl Strategy<Value = Vec<i64>> {
    let publishers = (proptest::collection::vec(0i64..6000, 1..6), proptest::collection::vec(any::<usize>(), 1..80));
    let in_turns = publishers.prop_map(|(mut places, turns)| {
        let mut times = Vec::new();
        for turn in turns {
            let publisher = turn % places.len();
            let (steps, stride) = (1 + (turn >> 8) % 40, 1 + publisher as i64 % 3);
            for _ in 0..steps {
                times.push(places[publisher]);
                places[publisher] += stride;
            }
        }
        times
    });
    prop_oneof![proptest::collection::vec(0i64..4000, 1..2000), in_turns]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn whatever_the_order_the_same_samples_are_kept(
        times in times(),
        // One of so many has another value than the rest of its time.
        odd in 2usize..20,
        chunk in 1usize..200,
        compactions in proptest::collection::vec(any::<bool>(), 3200),
    ) {
        let value = |place: usize, t: i64| (t % 4000) as f64 / 1000.0 + if place.is_multiple_of(odd) { 0.25 } else { 0.0 };
        let sent: Vec<(i64, f64)> = times.iter().enumerate().map(|(place, t)| (*t, value(place, *t))).collect();
        let mut expected: BTreeMap<i64, f64> = BTreeMap::new();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (kept, latest) = runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let plant = Plant::new();
            let open = plant.open(&folder.path().join("store.db"));
            for (chunk, is_compacted) in sent.chunks(chunk).zip(&compactions) {
                let mut told = (0, 0, 0);
                for (t, value) in chunk {
                    match expected.get(t) {
                        None => told.0 += 1,
                        Some(kept) if kept == value => told.1 += 1,
                        Some(_) => told.2 += 1,
                    }
                    expected.entry(*t).or_insert(*value);
                }
                assert_eq!(counts(&plant.voltages(&open.0, chunk.iter().copied()).await), told);
                if *is_compacted {
                    open.0.compact().await.unwrap();
                }
            }
            let kept = kept(&open.0).await;
            let latest = open.0.stand(0).1[0];
            close(open).await;
            (kept, latest)
        });
        // Measured last, whatever came last.
        prop_assert_eq!(latest.t.0, times.iter().max().unwrap() * 1_000_000);
        prop_assert_eq!(kept.len(), expected.len());
        prop_assert_eq!(kept.into_iter().collect::<BTreeMap<_, _>>(), expected);
    }
}
