//! The search for the bytes that mean something, eight bytes at a time.

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

/// How many bytes stand before the first one that `marks` marks; all of them when there is none.
///
/// A mark is the high bit. It counts on ASCII bytes only, and marks above the first one may be wrong: subtracting borrows from the next byte.
#[inline(always)]
pub(super) fn before(bytes: &[u8], marks: impl Fn(u64) -> u64) -> usize {
    let mut rest = bytes;
    while let Some((chunk, more)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*chunk);
        let found = marks(word) & !word & HIGH;
        if found != 0 {
            return bytes.len() - rest.len() + (found.trailing_zeros() / 8) as usize;
        }
        rest = more;
    }
    bytes.len() - rest.len() + before_in_last(rest, marks)
}

/// The same for fewer than eight bytes.
#[cold]
fn before_in_last(rest: &[u8], marks: impl Fn(u64) -> u64) -> usize {
    let word = u64::from_le_bytes(padded(rest));
    let found = marks(word) & !word & HIGH;
    rest.len().min((found.trailing_zeros() / 8) as usize)
}

/// Cuts the line at the start of `bytes` into as many cells as there are places in `ends`, and notes where each ends; false when it has
/// more or fewer. The last cell ends at the line break, or with the bytes.
#[inline(never)]
pub(super) fn cut(bytes: &[u8], delimiter: u8, ends: &mut [u32]) -> bool {
    let (mut rest, mut ends) = (bytes, ends.iter_mut());
    loop {
        let at = bytes.len() - rest.len();
        let word = match rest.split_first_chunk::<8>() {
            Some((chunk, more)) => {
                rest = more;
                u64::from_le_bytes(*chunk)
            }
            None if rest.is_empty() => {
                let Some(end) = ends.next() else { return false };
                *end = bytes.len() as u32;
                return ends.len() == 0;
            }
            None => u64::from_le_bytes(padded(std::mem::take(&mut rest))),
        };
        let line_breaks = all(word, b'\n');
        let mut found = all(word, delimiter) | line_breaks;
        while found != 0 {
            let Some(end) = ends.next() else { return false };
            *end = at as u32 + found.trailing_zeros() / 8;
            if line_breaks & found & found.wrapping_neg() != 0 {
                return ends.len() == 0;
            }
            found &= found - 1;
        }
    }
}

/// Marks exactly the bytes of a word that are `byte`: here all marks are used, not only the first.
#[inline(always)]
fn all(word: u64, byte: u8) -> u64 {
    let difference = word ^ (ONES * u64::from(byte));
    !(((difference & !HIGH) + !HIGH) | difference) & HIGH
}

/// Fewer than eight bytes, filled up.
fn padded(rest: &[u8]) -> [u8; 8] {
    let mut chunk = [NEVER; 8];
    chunk[..rest.len()].copy_from_slice(rest);
    chunk
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_finds_what_a_plain_search_finds(bytes in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b','), Just(b'\n'), Just(0x1F), Just(0xAC)], 0..60)) {
            let plain = bytes.iter().take_while(|byte| **byte != b',' && **byte >= 0x20).count();
            prop_assert_eq!(before(&bytes, |word| equal(word, b',') | below(word, 0x20)), plain);
        }

        #[test]
        fn it_cuts_a_line_into_its_cells(bytes in proptest::collection::vec(prop_oneof![Just(b','), Just(b'\n'), Just(b'-'), Just(b'\x0B'), any::<u8>()], 0..60), cells in 0usize..20) {
            let line = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
            let plain: Vec<u32> = (0..=line).filter(|at| *at == line || bytes[*at] == b',').map(|at| at as u32).collect();
            let mut ends = vec![0; cells];
            prop_assert_eq!(cut(&bytes, b',', &mut ends), cells == plain.len());
            let mut ends = vec![0; plain.len()];
            prop_assert!(cut(&bytes, b',', &mut ends));
            prop_assert_eq!(ends, plain);
        }
    }
}
