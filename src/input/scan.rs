//! The search for the bytes that mean something, sixteen bytes at a time.

use std::hint::black_box;

/// Bytes that are looked at together.
const BLOCK: usize = 16;

/// Fills the last block; no text has it.
const NEVER: u8 = 0xFE;

/// The first block of bytes, or all of them, filled up.
#[inline(always)]
pub(super) fn near(bytes: &[u8]) -> [u8; BLOCK] {
    bytes.first_chunk().copied().unwrap_or_else(|| filled(bytes))
}

#[cold]
fn filled(bytes: &[u8]) -> [u8; BLOCK] {
    let mut block = [NEVER; BLOCK];
    block.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
    block
}

/// How many bytes stand before the first one that is meant; all of them when there is none.
#[inline(always)]
pub(super) fn before(bytes: &[u8], is_meant: impl Fn(u8) -> bool + Copy) -> usize {
    match bytes.first_chunk().map_or(BLOCK, |block| clear(block, is_meant)) {
        BLOCK => behind(bytes, is_meant),
        clear => clear,
    }
}

/// The same where the first block holds none of them.
#[inline(never)]
fn behind(bytes: &[u8], is_meant: impl Fn(u8) -> bool + Copy) -> usize {
    let mut rest = bytes;
    while let Some((block, more)) = rest.split_first_chunk() {
        let clear = clear(block, is_meant);
        if clear < BLOCK {
            return bytes.len() - rest.len() + clear;
        }
        rest = more;
    }
    bytes.len() - rest.len() + clear(&filled(rest), is_meant).min(rest.len())
}

/// The same for a block.
///
/// All bytes are asked first, and for a moment the answers stand in memory: so they are asked at once, by instructions that every
/// processor has, and no name of one stands here. In line with other code the compiler asks them one by one, which takes ten times as
/// long.
#[inline(never)]
fn clear(block: &[u8; BLOCK], is_meant: impl Fn(u8) -> bool) -> usize {
    let mut marks = [0; BLOCK];
    for (mark, byte) in marks.iter_mut().zip(block) {
        *mark = if is_meant(*byte) { 0xFF } else { 0 };
    }
    let marks = black_box(marks);
    (u128::from_le_bytes(marks).trailing_zeros() / 8) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_finds_what_a_plain_search_finds(bytes in proptest::collection::vec(prop_oneof![4 => Just(b'a'), 1 => any::<u8>(), 1 => Just(b',')], 0..80)) {
            let is_meant = |byte: u8| byte == b',' || byte < 0x20;
            prop_assert_eq!(before(&bytes, is_meant), bytes.iter().take_while(|byte| !is_meant(**byte)).count());
        }
    }
}
