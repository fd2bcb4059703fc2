//! The search for the bytes that mean something, sixteen bytes at a time.

use std::ops::BitOr;
use wide::u8x16;

/// Bytes that are looked at together.
const BLOCK: usize = 16;

/// Fills the last block; no text has it.
const NEVER: u8 = 0xFE;

/// Bytes that are asked together.
#[derive(Clone, Copy)]
pub(super) struct Block(u8x16);

/// Which bytes of a block are meant.
#[derive(Clone, Copy)]
pub(super) struct Meant(u8x16);

impl Block {
    /// Those that are this byte.
    #[inline(always)]
    pub(super) fn is(self, byte: u8) -> Meant {
        Meant(self.0.simd_eq(u8x16::splat(byte)))
    }

    /// Those up to this one.
    #[inline(always)]
    pub(super) fn is_up_to(self, byte: u8) -> Meant {
        Meant(self.0.min(u8x16::splat(byte)).simd_eq(self.0))
    }
}

impl BitOr for Meant {
    type Output = Meant;

    #[inline(always)]
    fn bitor(self, other: Meant) -> Meant {
        Meant(self.0 | other.0)
    }
}

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
pub(super) fn before(bytes: &[u8], meant: impl Fn(Block) -> Meant + Copy) -> usize {
    match bytes.first_chunk().map_or(BLOCK, |block| clear(*block, meant)) {
        BLOCK => behind(bytes, meant),
        clear => clear,
    }
}

/// The same where the first block holds none of them.
#[inline(never)]
fn behind(bytes: &[u8], meant: impl Fn(Block) -> Meant + Copy) -> usize {
    let mut rest = bytes;
    while let Some((block, more)) = rest.split_first_chunk() {
        let clear = clear(*block, meant);
        if clear < BLOCK {
            return bytes.len() - rest.len() + clear;
        }
        rest = more;
    }
    bytes.len() - rest.len() + clear(filled(rest), meant).min(rest.len())
}

/// The same for a block.
#[inline(always)]
fn clear(block: [u8; BLOCK], meant: impl Fn(Block) -> Meant) -> usize {
    let marks = meant(Block(u8x16::new(block))).0.to_bitmask();
    (marks | 1 << BLOCK).trailing_zeros() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_finds_what_a_plain_search_finds(bytes in proptest::collection::vec(prop_oneof![4 => Just(b'a'), 1 => any::<u8>(), 1 => Just(b',')], 0..80)) {
            let is_meant = |byte: u8| byte == b',' || byte <= 0x20;
            let found = before(&bytes, |block| block.is(b',') | block.is_up_to(0x20));
            prop_assert_eq!(found, bytes.iter().take_while(|byte| !is_meant(**byte)).count());
        }
    }
}
