//! What a text must hold for a rule to have anything to say of it.

use super::contacts::ContactKinds;
use super::literals::Literals;
use super::reading::Reading;
use super::terms::{SetId, TermsBuilder};

/// Words and contacts, all or any of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// A term of a set.
    Words(SetId),
    /// A contact of these kinds.
    Contacts(ContactKinds),
    /// All of these; of none at all, nothing is needed.
    All(Vec<Need>),
    /// One of these.
    Any(Vec<Need>),
}

impl Need {
    /// Nothing: any text will do.
    pub(crate) const NOTHING: Need = Need::All(Vec::new());

    /// The words of an expression, put into sets of their own.
    pub(super) fn of(literals: &Literals, terms: &mut TermsBuilder) -> Need {
        match literals {
            Literals::OneOf(words) => {
                let set = terms.set();
                words.iter().for_each(|word| terms.add_trigger(set, word));
                Need::Words(set)
            }
            Literals::All(parts) => Need::All(parts.iter().map(|part| Need::of(part, terms)).collect()),
            Literals::Any(parts) => Need::Any(parts.iter().map(|part| Need::of(part, terms)).collect()),
        }
    }

    /// This and another.
    pub(crate) fn and(self, other: Need) -> Need {
        match (self, other) {
            (Need::All(none), need) | (need, Need::All(none)) if none.is_empty() => need,
            (first, second) => Need::All(vec![first, second]),
        }
    }

    /// Whether a text holds it.
    pub(crate) fn is_met(&self, reading: &Reading<'_>) -> bool {
        match self {
            Need::Words(set) => reading.holds(*set),
            Need::Contacts(kinds) => reading.contacts().of_kinds(*kinds).next().is_some(),
            Need::All(parts) => parts.iter().all(|part| part.is_met(reading)),
            Need::Any(parts) => parts.iter().any(|part| part.is_met(reading)),
        }
    }

    /// Sets of which one must be there, all of them `seen` by whoever asks; none when that cannot be told.
    pub(crate) fn sets(&self, seen: &impl Fn(SetId) -> bool) -> Option<Vec<SetId>> {
        match self {
            Need::Words(set) => seen(*set).then(|| vec![*set]),
            Need::Contacts(_) => None,
            Need::All(parts) => parts.iter().find_map(|part| part.sets(seen)),
            Need::Any(parts) => parts.iter().map(|part| part.sets(seen)).collect::<Option<Vec<_>>>().map(|sets| sets.concat()),
        }
    }
}
