//! Word lists of packs, by name.

use crate::source::SourceId;
use crate::span::Span;
use std::collections::BTreeMap;

/// A term of a list, and where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    /// The term.
    pub text: String,
    /// The file.
    pub source: SourceId,
    /// Its bytes.
    pub span: Span,
}

/// All lists, known as `pack/list`.
#[derive(Default)]
pub(crate) struct Shelf {
    lists: BTreeMap<String, Vec<Term>>,
}

impl Shelf {
    /// Puts a list on the shelf; false when the name is taken.
    pub(crate) fn put(&mut self, pack: &str, list: &str, terms: Vec<Term>) -> bool {
        self.lists.insert(format!("{pack}/{list}"), terms).is_none()
    }

    /// The terms of a list, by its whole name.
    pub(crate) fn get(&self, name: &str) -> Option<&[Term]> {
        self.lists.get(name).map(Vec::as_slice)
    }

    /// The terms of a list, to be changed.
    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Vec<Term>> {
        self.lists.get_mut(name)
    }

    /// The names of all lists.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.lists.keys().map(String::as_str)
    }

    /// The lists as one pack sees them.
    pub(crate) fn seen_by<'a>(&'a self, pack: &'a str) -> Lists<'a> {
        Lists { shelf: self, pack }
    }
}

/// The lists a pack may name: its own by their id, others as `pack/list`.
pub(crate) struct Lists<'a> {
    shelf: &'a Shelf,
    pack: &'a str,
}

impl<'a> Lists<'a> {
    /// The terms of a list.
    pub(crate) fn get(&self, name: &str) -> Option<&'a [Term]> {
        let own = format!("{}/{name}", self.pack);
        self.shelf.lists.get(&own).or_else(|| self.shelf.lists.get(name)).map(Vec::as_slice)
    }

    /// The names it may use, its own first.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        let (prefix, shelf) = (format!("{}/", self.pack), self.shelf);
        let own = shelf.lists.keys().filter_map(move |name| name.strip_prefix(&prefix));
        own.chain(shelf.lists.keys().map(String::as_str))
    }
}
