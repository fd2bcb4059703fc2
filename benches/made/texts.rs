//! Words and drafts made from a seed: the same bytes on every machine.

use crate::random::Random;

/// A Chinese character; few are frequent, most are rare, as in a language.
fn character(random: &mut Random) -> char {
    // Zipf's law with Mandelbrot's shift, spread over the block: neighbours in frequency are none in number.
    let rank = (30.0 * 117f64.powf(random.share()) - 30.0) as u32;
    char::from_u32(0x4E00 + rank * 2741 % 20_000).unwrap_or('一')
}

/// That many different words of three to eight characters.
pub(crate) fn words(count: usize) -> Vec<String> {
    let mut random = Random(50_000);
    let mut words = std::collections::BTreeSet::new();
    while words.len() < count {
        let length = 3 + random.below(3).min(random.below(6));
        words.insert((0..length).map(|_| character(&mut random)).collect::<String>());
    }
    words.into_iter().collect()
}

/// Drafts, one a line, of about `bytes` bytes; every 600 bytes hold a word of the list, half of them in disguise.
pub(crate) fn drafts(bytes: usize, words: &[String]) -> String {
    let mut random = Random(20_261_120);
    let mut text = String::with_capacity(bytes + 4096);
    let mut next_word = 2000;
    while text.len() < bytes {
        for _ in 0..2 + random.below(9) {
            sentence(&mut random, &mut text);
        }
        if text.len() >= next_word {
            let word = &words[random.below(words.len() as u64) as usize];
            let between = one_of(&mut random, &["", "", "", "*", "\u{200B}", " "]);
            text.push_str(&word.chars().map(String::from).collect::<Vec<_>>().join(between));
            next_word = text.len() + 600;
        }
        text.push('\n');
    }
    text
}

fn sentence(random: &mut Random, text: &mut String) {
    for _ in 0..5 + random.below(40) {
        text.push(match random.below(60) {
            0 => '，',
            1 => char::from(b'0' + random.below(10) as u8),
            2 => char::from(b'a' + random.below(26) as u8),
            _ => character(random),
        });
    }
    text.push(one_of(random, &['。', '！', '？']));
}

/// One of several.
pub(crate) fn one_of<T: Copy>(random: &mut Random, several: &[T]) -> T {
    several[random.below(several.len() as u64) as usize]
}
