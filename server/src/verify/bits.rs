//! A set of sample numbers, a bit each where they stand close together.

use std::collections::BTreeMap;

const WORDS: usize = 16;
const SPAN: u64 = 64 * WORDS as u64;

#[derive(Debug, Clone, Default)]
pub struct Bits(BTreeMap<u64, [u64; WORDS]>);

impl Bits {
    /// Adds a number; says whether it is new.
    pub fn insert(&mut self, number: u64) -> bool {
        let words = self.0.entry(number / SPAN).or_default();
        let (word, bit) = place(number);
        let is_new = words[word] & bit == 0;
        words[word] |= bit;
        is_new
    }

    pub fn has(&self, number: u64) -> bool {
        let (word, bit) = place(number);
        self.0.get(&(number / SPAN)).is_some_and(|words| words[word] & bit != 0)
    }

    /// All numbers, in order.
    pub fn iter(&self) -> impl Iterator<Item = u64> {
        self.0.iter().flat_map(|(block, words)| {
            let of = move |n: u64| (words[(n / 64) as usize] >> (n % 64) & 1 != 0).then_some(block * SPAN + n);
            (0..SPAN).filter_map(of)
        })
    }
}

fn place(number: u64) -> (usize, u64) {
    let within = number % SPAN;
    ((within / 64) as usize, 1 << (within % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_in_once_it_was_put_in() {
        let mut bits = Bits::default();
        let numbers = [0, 1, 63, 64, 1023, 1024, 1_000_000_007];
        assert!(numbers.iter().all(|number| bits.insert(*number)));
        assert!(!bits.insert(64));
        assert!(bits.has(1023) && !bits.has(1022));
        assert_eq!(bits.iter().collect::<Vec<_>>(), numbers);
    }
}
