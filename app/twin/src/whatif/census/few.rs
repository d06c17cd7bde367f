//! Many counts of which most are small or zero, as bytes: seven bits of a number a byte, the lowest first, and the
//! eighth says that more follow; after a zero comes how many more zeros there are.
//!
//! Told to a reader number by number, as they stand, a hundred thousand of them hold a page up for milliseconds.

use alloc::vec::Vec;

use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// More than any model has slots for: a message that says so is none of ours.
const MOST: usize = 1 << 24;

pub(super) fn serialize<S: Serializer>(counts: &[u32], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(&pack(counts))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u32>, D::Error> {
    unpack(<&[u8]>::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("counts that end too early"))
}

fn pack(counts: &[u32]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(counts.len() / 4);
    let mut zeros = 0;
    for &count in counts {
        if count == 0 {
            zeros += 1;
            continue;
        }
        put_zeros(&mut bytes, &mut zeros);
        put(&mut bytes, count);
    }
    put_zeros(&mut bytes, &mut zeros);
    bytes
}

fn put_zeros(bytes: &mut Vec<u8>, zeros: &mut u32) {
    if *zeros > 0 {
        bytes.push(0);
        put(bytes, *zeros - 1);
        *zeros = 0;
    }
}

fn put(bytes: &mut Vec<u8>, mut number: u32) {
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn unpack(mut bytes: &[u8]) -> Option<Vec<u32>> {
    let mut counts = Vec::with_capacity(bytes.len());
    while !bytes.is_empty() {
        let count = take(&mut bytes)?;
        let more = if count == 0 { take(&mut bytes)? as usize } else { 0 };
        if counts.len() + more >= MOST {
            return None;
        }
        counts.resize(counts.len() + more + 1, count);
    }
    Some(counts)
}

fn take(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0;
    for shift in (0..32).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u32::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_packed_comes_back(counts in prop::collection::vec(prop_oneof![Just(0), 0..200_u32, any::<u32>()], 0..600)) {
            prop_assert_eq!(unpack(&pack(&counts)), Some(counts));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            unpack(&bytes);
        }
    }

    #[test]
    fn a_message_cannot_ask_for_more_than_there_is() {
        assert_eq!(unpack(&[0, 0xff, 0xff, 0xff, 0xff, 0x0f]), None);
        assert_eq!(unpack(&[0x80]), None);
        assert_eq!(unpack(&[0, 2, 5]), Some(alloc::vec![0, 0, 0, 5]));
    }
}
