//! The search for the next byte that means something, eight bytes at a time.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;
/// Fills the last word; no byte anybody looks for.
const NEVER: u8 = 0x7F;

/// Marks the bytes of a word that are `byte`, which must be ASCII.
#[inline(always)]
pub(super) fn equal(word: u64, byte: u8) -> u64 {
    (word ^ (ONES * byte as u64)).wrapping_sub(ONES)
}

/// Marks the bytes of a word that are below `byte`, which must be ASCII.
#[inline(always)]
pub(super) fn below(word: u64, byte: u8) -> u64 {
    word.wrapping_sub(ONES * byte as u64)
}

/// The first byte from `at` on that `marks` marks; the end of `bytes` when there is none.
///
/// A mark is the high bit. It counts on ASCII bytes only, and marks above the first one may be wrong: subtracting borrows from the next byte.
#[inline(always)]
pub(super) fn first(bytes: &[u8], mut at: usize, marks: impl Fn(u64) -> u64) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*chunk);
        let found = marks(word) & !word & HIGH;
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    at + last(bytes.get(at..).unwrap_or(&[]), marks)
}

/// The same for fewer than eight bytes.
fn last(rest: &[u8], marks: impl Fn(u64) -> u64) -> usize {
    let mut chunk = [NEVER; 8];
    chunk[..rest.len()].copy_from_slice(rest);
    let word = u64::from_le_bytes(chunk);
    let found = marks(word) & !word & HIGH;
    rest.len().min((found.trailing_zeros() / 8) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_finds_what_a_plain_search_finds(bytes in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b','), Just(b'\n'), Just(0x1F), Just(0xAC)], 0..60), at in 0usize..70) {
            let at = at.min(bytes.len());
            let plain = bytes[at..].iter().position(|byte| *byte == b',' || *byte < 0x20).map_or(bytes.len(), |found| at + found);
            prop_assert_eq!(first(&bytes, at, |word| equal(word, b',') | below(word, 0x20)), plain);
        }
    }
}
