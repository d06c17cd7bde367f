//! What is packed comes out to the bit.

use proptest::prelude::*;

use super::*;

fn row() -> impl Strategy<Value = Row> {
    let from = (0i64..3, 0i64..3, any::<i64>(), 0i64..3).prop_map(|(delivery, origin, received_at, unit)| Provenance {
        delivery,
        origin,
        received_at,
        contract: 1,
        unit,
    });
    let value = prop_oneof![any::<f64>(), (-1000i32..1000).prop_map(|n| f64::from(n) / 100.0)];
    (any::<i64>(), value, any::<u64>(), 0u8..3, from).prop_map(|(t, value, seq, quality, from)| Row {
        t,
        value,
        seq,
        quality,
        from,
    })
}

fn bits(rows: impl Iterator<Item = Row>) -> Vec<(i64, u64, u64, u8, Provenance)> {
    rows.map(|row| (row.t, row.value.to_bits(), row.seq, row.quality, row.from)).collect()
}

proptest! {
    #[test]
    fn every_row_comes_back_to_the_bit(rows in proptest::collection::vec(row(), 0..200)) {
        for effort in [Effort::Landing, Effort::Lasting] {
            let mut section = Section::new(7);
            rows.iter().for_each(|row| section.push(*row));
            let back = decode(&encode(std::slice::from_ref(&section), effort)).unwrap();
            prop_assert_eq!(bits(back[0].rows()), bits(rows.iter().copied()));
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = decode(&[&[VERSION][..], &bytes].concat());
    }
}

#[test]
fn an_even_signal_takes_next_to_nothing() {
    let from = Provenance { delivery: 1, origin: 1, received_at: 5, contract: 1, unit: 0 };
    let mut section = Section::new(1);
    for n in 0..8192i64 {
        section.push(Row {
            t: n * 1_000_000,
            value: 20.0 + (n % 7) as f64 / 10.0,
            seq: n as u64 * 3,
            quality: 0,
            from,
        });
    }
    let bytes = encode(&[section], Effort::Lasting);
    assert!(bytes.len() < 8192, "{} bytes for 8192 samples", bytes.len());
}
