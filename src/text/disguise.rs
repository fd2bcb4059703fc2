//! Terms written around a filter: apart, with other characters of the same sound or look, in pieces, letters or pictures.
//!
//! Never the whole text is sounded out. What is compared is each listed term, character by character, with what stands in the
//! text once separators are left out. A rough class of each character only says where to look.

use super::fold::Folded;
use super::terms::Found;
use super::variants::{TABLES, Tables, is_ordinary};
use crate::span::Span;
use hashbrown::HashMap;

/// What the first two characters of a term may be when it is written around a filter, by class.
#[cfg(test)]
pub(crate) fn heads(term: &[char]) -> Vec<(char, char)> {
    let mut heads: Vec<(char, char)> = Disguises::compile(std::iter::once((0, term))).heads.into_keys().collect();
    heads.sort_unstable();
    heads
}

/// The classes of what stands side by side in a text, or with one character between.
pub(super) fn class_pairs(text: &Folded) -> Vec<(char, char)> {
    let classes = Skeleton::of(text.chars(), &TABLES).classes;
    let apart = |by: usize| classes.iter().copied().zip(classes.iter().copied().skip(by));
    apart(1).chain(apart(2)).collect()
}

/// A term, or a way of writing it.
struct Entry {
    chars: Vec<char>,
    term: u32,
    /// Whether it is another way of writing already: pieces, letters.
    rewritten: bool,
    needs_cue: bool,
}

/// All terms that may be written around a filter.
pub(super) struct Disguises {
    entries: Vec<Entry>,
    /// Entries by the classes of their first two characters.
    heads: HashMap<(char, char), Vec<u32>, foldhash::fast::FixedState>,
}

/// A text without what stands between its characters.
struct Skeleton<'t> {
    folded: &'t [char],
    chars: Vec<char>,
    classes: Vec<char>,
    /// First and last folded character of each.
    places: Vec<(u32, u32)>,
}

/// How a stretch of a text fits an entry.
#[derive(Default)]
struct Fit {
    /// Characters written with another one, by place in the skeleton.
    swapped: Vec<usize>,
    gaps: usize,
    repeats: usize,
}

/// Ways of writing one term that are tried at most.
const MOST_ENTRIES: usize = 60;
/// Separators between two characters at most.
const WIDEST_GAP: u32 = 4;
/// Characters before and after a term in which a sign of contact counts.
const CUE_REACH: u32 = 3;
/// Signs of contact.
const CUES: &str = "加伽咖➕+添联系私聊扫搜找询号";

impl Disguises {
    /// Makes the terms ready; each is given with its number.
    pub(super) fn compile<'a>(terms: impl Iterator<Item = (u32, &'a [char])>) -> Disguises {
        let mut disguises = Disguises { entries: Vec::new(), heads: HashMap::default() };
        for (term, chars) in terms {
            disguises.add(term, chars);
        }
        disguises
    }

    /// Whether there is nothing to look for.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn add(&mut self, term: u32, chars: &[char]) {
        let first = self.entries.len();
        self.put(Entry { chars: chars.to_vec(), term, rewritten: false, needs_cue: false });
        for (at, c) in chars.iter().enumerate() {
            for pieces in TABLES.splits(*c) {
                self.put(Entry { chars: splice(chars, at..at + 1, pieces), term, rewritten: true, needs_cue: false });
            }
        }
        for initials in TABLES.initials_in(chars) {
            let Some(at) = chars.windows(initials.word.len()).position(|window| window == initials.word) else { continue };
            let whole = initials.word.len() == chars.len();
            let written = splice(chars, at..at + initials.word.len(), &initials.letters);
            if written.len() >= 2 && self.entries.len() - first < MOST_ENTRIES {
                self.put(Entry {
                    chars: written,
                    term,
                    rewritten: true,
                    needs_cue: initials.needs_cue || whole && initials.letters.len() < 3,
                });
            }
        }
    }

    fn put(&mut self, entry: Entry) {
        let key = (TABLES.class(entry.chars[0]), TABLES.class(entry.chars[1]));
        self.heads.entry(key).or_default().push(self.entries.len() as u32);
        self.entries.push(entry);
    }

    /// Every disguised term of a text.
    pub(super) fn find(&self, text: &Folded, found: &mut Vec<Found>) {
        let skeleton = Skeleton::of(text.chars(), &TABLES);
        self.find_in(&skeleton, found);
        for stretch in skeleton.without_fillers() {
            self.find_unfilled(&stretch, found);
        }
    }

    fn find_in(&self, skeleton: &Skeleton<'_>, found: &mut Vec<Found>) {
        for at in 0..skeleton.chars.len().saturating_sub(1) {
            let Some(entries) = self.heads.get(&(skeleton.classes[at], skeleton.classes[at + 1])) else { continue };
            for entry in entries.iter().map(|entry| &self.entries[*entry as usize]) {
                let Some(fit) = fit(entry, skeleton, at) else { continue };
                let end = at + entry.chars.len() - 1;
                let (start, end) = (skeleton.places[at].0, skeleton.places[end].1 + 1);
                if fit.stands(entry, skeleton, at) {
                    found.push(Found { start, end, term: entry.term, variant: true, bounded: true, bytes: Span::default() });
                }
            }
        }
    }

    /// A stretch whose characters had one filler between them all: only terms as they are listed, of three characters or more.
    fn find_unfilled(&self, skeleton: &Skeleton<'_>, found: &mut Vec<Found>) {
        for at in 0..skeleton.chars.len().saturating_sub(2) {
            let Some(entries) = self.heads.get(&(skeleton.classes[at], skeleton.classes[at + 1])) else { continue };
            for entry in entries.iter().map(|entry| &self.entries[*entry as usize]) {
                if entry.chars.len() > 2 && skeleton.chars[at..].starts_with(&entry.chars) {
                    let (start, end) = (skeleton.places[at].0, skeleton.places[at + entry.chars.len() - 1].1 + 1);
                    found.push(Found { start, end, term: entry.term, variant: true, bounded: true, bytes: Span::default() });
                }
            }
        }
    }
}

fn splice(chars: &[char], range: std::ops::Range<usize>, by: &[char]) -> Vec<char> {
    [&chars[..range.start], by, &chars[range.end..]].concat()
}

impl<'t> Skeleton<'t> {
    fn of(folded: &'t [char], tables: &Tables) -> Skeleton<'t> {
        let mut skeleton =
            Skeleton { folded, chars: Vec::with_capacity(folded.len()), classes: Vec::with_capacity(folded.len()), places: Vec::new() };
        for (at, c) in folded.iter().enumerate() {
            if !c.is_alphanumeric() && !tables.is_picture(*c) {
                continue;
            }
            let at = at as u32;
            let again = skeleton.chars.last() == Some(c) && !c.is_ascii_digit();
            match skeleton.places.last_mut() {
                Some(place) if again => place.1 = at,
                _ => {
                    skeleton.chars.push(*c);
                    skeleton.classes.push(tables.class(*c));
                    skeleton.places.push((at, at));
                }
            }
        }
        skeleton
    }

    /// How often the character at `at` was repeated there and then.
    fn repeats(&self, at: usize) -> u32 {
        self.places[at].1 - self.places[at].0
    }

    /// Stretches like 奔一跑一吧: every other character is the same filler, at least twice.
    fn without_fillers(&self) -> Vec<Skeleton<'t>> {
        let (mut stretches, mut at) = (Vec::new(), 0);
        while at + 4 < self.chars.len() {
            let filler = self.chars[at + 1];
            let mut end = at;
            while end + 2 < self.chars.len() && self.chars[end + 1] == filler && self.chars[end + 2] != filler {
                end += 2;
            }
            if end >= at + 4 {
                let kept = || (at..=end).step_by(2);
                let part = |list: &[char]| kept().map(|at| list[at]).collect();
                stretches.push(Skeleton {
                    folded: self.folded,
                    chars: part(&self.chars),
                    classes: part(&self.classes),
                    places: kept().map(|at| self.places[at]).collect(),
                });
                at = end;
            }
            at += 1;
        }
        stretches
    }
}

/// How the skeleton at `at` fits an entry, if it does.
fn fit(entry: &Entry, skeleton: &Skeleton<'_>, at: usize) -> Option<Fit> {
    let mut fit = Fit::default();
    let written = skeleton.chars.get(at..at + entry.chars.len())?;
    for (step, (written, meant)) in written.iter().zip(&entry.chars).enumerate() {
        if written != meant {
            if !TABLES.stands_for(*written, *meant) {
                return None;
            }
            fit.swapped.push(at + step);
        }
        fit.repeats += usize::from(skeleton.repeats(at + step) > 0);
    }
    for step in at + 1..at + entry.chars.len() {
        let gap = skeleton.places[step - 1].1 + 1..skeleton.places[step].0;
        if !gap.is_empty() {
            let both_latin = skeleton.chars[step - 1].is_ascii() && skeleton.chars[step].is_ascii();
            if both_latin
                || gap.len() as u32 > WIDEST_GAP
                || !skeleton.folded[gap.start as usize..gap.end as usize].iter().all(|c| separates(*c))
            {
                return None;
            }
            fit.gaps += 1;
        }
    }
    Some(fit)
}

/// Whether a sign may stand between the characters of one term. Marks that end a clause divide terms for good.
fn separates(c: char) -> bool {
    !matches!(c, '，' | '。' | '！' | '？' | '；' | '：' | '、' | ',' | '!' | '?' | ';' | ':' | '\n' | '\r' | '“' | '”' | '"' | '…')
}

impl Fit {
    /// Whether this is a term in disguise, not the term itself and not ordinary words.
    fn stands(&self, entry: &Entry, skeleton: &Skeleton<'_>, at: usize) -> bool {
        let length = entry.chars.len();
        let disguised = entry.rewritten || !self.swapped.is_empty() || self.gaps > 0 || self.repeats * 2 >= length && self.repeats > 1;
        if !disguised || !bounded(entry, skeleton, at) {
            return false;
        }
        let all_swapped = self.swapped.len() == length;
        let innocent = self.swapped.iter().any(|place| is_itself(skeleton, *place));
        let doubtful = entry.needs_cue || all_swapped || innocent;
        !doubtful || has_cue(skeleton.folded, skeleton.places[at].0, skeleton.places[at + length - 1].1)
    }
}

/// Whether a swapped character makes an everyday word with a neighbour, and so most likely means itself.
fn is_itself(skeleton: &Skeleton<'_>, at: usize) -> bool {
    let touches = |left: usize, right: usize| skeleton.places[left].1 + 1 == skeleton.places[right].0;
    let before = at > 0 && touches(at - 1, at) && is_ordinary(skeleton.chars[at - 1], skeleton.chars[at]);
    let after = at + 1 < skeleton.chars.len() && touches(at, at + 1) && is_ordinary(skeleton.chars[at], skeleton.chars[at + 1]);
    before || after
}

/// Letters stand alone: `bc` is not in `abc`.
fn bounded(entry: &Entry, skeleton: &Skeleton<'_>, at: usize) -> bool {
    let end = at + entry.chars.len();
    let touches = |left: usize, right: usize| skeleton.places[left].1 + 1 == skeleton.places[right].0;
    let first_alone =
        !entry.chars[0].is_ascii_alphanumeric() || at == 0 || !touches(at - 1, at) || !skeleton.chars[at - 1].is_ascii_alphanumeric();
    let last = entry.chars[entry.chars.len() - 1];
    let last_alone =
        !last.is_ascii_alphabetic() || end >= skeleton.chars.len() || !touches(end - 1, end) || !skeleton.chars[end].is_ascii_alphabetic();
    first_alone && last_alone
}

/// Whether a sign of contact stands right before, in or right behind folded characters.
fn has_cue(folded: &[char], first: u32, last: u32) -> bool {
    let from = first.saturating_sub(CUE_REACH) as usize;
    let to = (last + 1 + CUE_REACH).min(folded.len() as u32) as usize;
    folded[from..to].iter().any(|c| CUES.contains(*c))
}

#[cfg(test)]
mod tests {
    use super::super::terms::{Terms, TermsBuilder, Variants};
    use super::*;

    fn terms() -> Terms {
        let mut builder = TermsBuilder::default();
        let set = builder.set();
        for term in ["加微信", "微信", "刷单", "代开发票", "办证", "小红书", "评论单", "博彩", "奔跑吧兄弟", "进群", "加群"]
        {
            builder.add(set, term, Variants::All);
        }
        builder.compile()
    }

    fn read(text: &str) -> Vec<(String, String)> {
        let (terms, folded) = (terms(), Folded::of(text));
        let mut found = Vec::new();
        terms.find_disguised(text, &folded, &mut found);
        let written = |found: &Found| text[folded.source_range(text, found.start as usize, found.end as usize)].to_owned();
        found.iter().map(|found| (written(found), terms.listed(found.term).to_owned())).collect()
    }

    #[test]
    fn a_term_is_found_however_it_is_written() {
        for (text, written, term) in [
            ("详情加薇亻言daye09", "加薇亻言", "加微信"),
            ("加V❤ 领资料", "加V❤", "加微信"),
            ("加/微/信", "加/微/信", "加微信"),
            ("唰单日结", "唰单", "刷单"),
            ("小🍠代发", "小🍠", "小红书"),
            ("评仑🥚，做的来", "评仑🥚", "评论单"),
            ("代*开【發】&【票】", "代*开【發】&【票", "代开发票"),
            ("奔一跑一吧一兄一弟", "奔一跑一吧一兄一弟", "奔跑吧兄弟"),
            ("点数字打开进👗", "进👗", "进群"),
            ("加卫星12345", "加卫星", "加微信"),
            ("加加微微信信", "加加微微信信", "加微信"),
        ] {
            assert!(read(text).contains(&(written.to_owned(), term.to_owned())), "{text}: {:?}", read(text));
        }
    }

    #[test]
    fn ordinary_words_are_left_alone() {
        for text in [
            "人造卫星发射成功",
            "博采众长",
            "树立威信，充满信心",
            "菠菜很好吃",
            "办事，证据确凿",
            "加单群发",
            "这条裙子进货了",
            "weixinyue",
            "abvxyz",
            "微信支付加微信",
        ] {
            assert_eq!(read(text), [], "{text}");
        }
    }

    #[test]
    fn many_repeats_and_separators_take_linear_time() {
        let text = "加".repeat(20_000) + &"*".repeat(20_000) + &"一微".repeat(20_000);
        assert!(read(&text).len() < 20_000);
    }
}
