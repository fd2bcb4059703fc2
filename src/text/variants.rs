//! Which characters, pieces and letters stand for which in terms that are written around a filter. The tables are in `data/variants`.

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};
use std::sync::LazyLock;

type Map<K, V> = HashMap<K, V, FixedState>;

/// The tables, read when the first rule asks for variants.
pub(super) static TABLES: LazyLock<Tables> = LazyLock::new(Tables::read);

/// Everyday words of two characters: lines in order of their first character, which all others of the line may follow.
const ORDINARY: &str = include_str!("../../data/variants/ordinary.txt");

/// Letters that stand for a word, or for a part of one.
pub(super) struct Initials {
    /// What is written.
    pub letters: Vec<char>,
    /// What is meant.
    pub word: Vec<char>,
    /// Whether they are also an everyday abbreviation and count only beside a sign of contact.
    pub needs_cue: bool,
}

/// What stands for what.
pub(super) struct Tables {
    /// Character of a term, characters that stand for it.
    alternates: Map<char, Vec<char>>,
    /// Character of a term, pieces that stand for it.
    splits: Map<char, Vec<Vec<char>>>,
    /// Letters and pictures that stand for words.
    initials: Vec<Initials>,
    /// Which of them stand for a word that begins so.
    initials_by_first: Map<char, Vec<u32>>,
    /// Characters that may stand for each other have one class; others are their own.
    classes: Map<char, char>,
    /// Pictures that stand for something.
    pictures: HashSet<char, FixedState>,
}

/// Rows of a table, about: so much room is made at once.
const ROOM: usize = 1000;

impl Tables {
    fn read() -> Tables {
        let mut tables = Tables {
            alternates: Map::with_capacity_and_hasher(ROOM, FixedState::default()),
            splits: Map::with_capacity_and_hasher(ROOM, FixedState::default()),
            initials: Vec::new(),
            initials_by_first: Map::default(),
            classes: Map::with_capacity_and_hasher(ROOM * 2, FixedState::default()),
            pictures: HashSet::default(),
        };
        for file in [include_str!("../../data/variants/homophones.tsv"), include_str!("../../data/variants/shapes.tsv")] {
            for (head, others) in rows(file) {
                let Some(head) = head.chars().next() else { continue };
                others.chars().for_each(|other| tables.add(head, other));
            }
        }
        for (head, forms) in rows(include_str!("../../data/variants/splits.tsv")) {
            let Some(head) = head.chars().next() else { continue };
            tables.splits.entry(head).or_default().extend(forms.split(' ').map(|form| form.chars().collect()));
        }
        tables.read_pictures();
        for (letters, rest) in rows(include_str!("../../data/variants/initials.tsv")) {
            let (word, trust) = rest.split_once('\t').unwrap_or((rest, "cue"));
            tables.initials.push(Initials { letters: letters.chars().collect(), word: word.chars().collect(), needs_cue: trust != "sure" });
        }
        for (number, initials) in tables.initials.iter().enumerate() {
            if let Some(first) = initials.word.first() {
                tables.initials_by_first.entry(*first).or_default().push(number as u32);
            }
        }
        tables
    }

    /// Letters and pictures that may stand for words in a term, in the order of the table.
    pub(super) fn initials_in(&self, term: &[char]) -> impl Iterator<Item = &Initials> {
        let mut numbers: Vec<u32> = term.iter().filter_map(|c| self.initials_by_first.get(c)).flatten().copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().map(|number| &self.initials[number as usize])
    }

    fn read_pictures(&mut self) {
        for (picture, words) in rows(include_str!("../../data/variants/emoji.tsv")) {
            let Some(picture) = picture.chars().next() else { continue };
            self.pictures.insert(picture);
            for word in words.split(' ') {
                let mut chars = word.chars();
                match (chars.next(), chars.next()) {
                    (Some(single), None) => self.add(single, picture),
                    (Some(_), Some(_)) => {
                        self.initials.push(Initials { letters: vec![picture], word: word.chars().collect(), needs_cue: false });
                    }
                    (None, _) => {}
                }
            }
        }
    }

    fn add(&mut self, head: char, other: char) {
        self.alternates.entry(head).or_default().push(other);
        let (a, b) = (self.class(head), self.class(other));
        if a != b {
            let (root, leaf) = (a.min(b), a.max(b));
            self.classes.insert(leaf, root);
        }
    }

    /// The class of a character: a rough sieve before [`Tables::stands_for`] decides.
    pub(super) fn class(&self, c: char) -> char {
        let mut at = c;
        while let Some(next) = self.classes.get(&at) {
            at = *next;
        }
        at
    }

    /// Whether `written` may stand for `meant`.
    pub(super) fn stands_for(&self, written: char, meant: char) -> bool {
        self.alternates.get(&meant).is_some_and(|others| others.contains(&written))
    }

    /// The pieces a character may be written with.
    pub(super) fn splits(&self, c: char) -> &[Vec<char>] {
        self.splits.get(&c).map_or(&[], Vec::as_slice)
    }

    /// Whether a character is a picture that stands for something.
    pub(super) fn is_picture(&self, c: char) -> bool {
        self.pictures.contains(&c)
    }
}

/// Whether two characters make an everyday word. The lines are looked through as they are: a text asks seldom, and a set of all
/// words takes longer to make than a draft to check.
pub(super) fn is_ordinary(first: char, second: char) -> bool {
    ordinary_after(first).contains(second)
}

/// The characters that make an everyday word behind this one.
fn ordinary_after(first: char) -> &'static str {
    let (mut low, mut high) = (0, ORDINARY.len());
    while low < high {
        let middle = (low + high) / 2;
        let start = memchr::memrchr(b'\n', &ORDINARY.as_bytes()[low..middle]).map_or(low, |at| low + at + 1);
        let end = memchr::memchr(b'\n', &ORDINARY.as_bytes()[middle..high]).map_or(high, |at| middle + at);
        let mut line = ORDINARY[start..end].chars();
        match line.next().filter(|c| *c != '#') {
            Some(head) if head == first => return line.as_str(),
            Some(head) if head > first => high = start,
            _ => low = end + 1,
        }
    }
    ""
}

/// The rows of a table: first column, and the rest.
fn rows(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    file.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold::fold_text;

    #[test]
    fn the_tables_say_what_they_should() {
        assert!(TABLES.stands_for('薇', '微') && TABLES.stands_for('🥚', '单') && !TABLES.stands_for('微', '刷'));
        assert!(TABLES.splits('信').contains(&vec!['亻', '言']));
        assert!(is_ordinary('卫', '星') && !is_ordinary('薇', '信'));
    }

    #[test]
    fn every_everyday_word_is_found_in_its_line() {
        let lines: Vec<&str> = ORDINARY.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(lines.is_sorted_by_key(|line| line.chars().next()) && lines.iter().all(|line| !line.is_empty()));
        for line in lines {
            let mut chars = line.chars();
            let first = chars.next().expect("a character");
            assert!(chars.clone().all(|second| is_ordinary(first, second)), "{line}");
            assert_eq!(ordinary_after(first), chars.as_str());
        }
        for none in ['#', '\n', '\0', 'a', '\u{10ffff}', '😀'] {
            assert_eq!(ordinary_after(none), "");
        }
    }

    #[test]
    fn the_tables_are_in_folded_form() {
        for file in [
            include_str!("../../data/variants/homophones.tsv"),
            include_str!("../../data/variants/shapes.tsv"),
            include_str!("../../data/variants/splits.tsv"),
            include_str!("../../data/variants/emoji.tsv"),
            include_str!("../../data/variants/initials.tsv"),
        ] {
            for (head, rest) in rows(file) {
                assert_eq!((fold_text(head), fold_text(rest)), (head.to_owned(), rest.to_owned()));
            }
        }
    }

    #[test]
    fn what_stands_for_another_is_in_its_class() {
        for (meant, others) in &TABLES.alternates {
            assert!(others.iter().all(|written| TABLES.class(*written) == TABLES.class(*meant)), "{meant}");
        }
    }
}
