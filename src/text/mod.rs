//! Reading text: folding, finding listed terms, and the way back to the source.

mod charset;
mod contacts;
mod disguise;
pub(crate) mod fold;
mod listed;
mod literals;
mod need;
mod pairs;
mod pattern;
mod reading;
mod search;
mod terms;
mod variants;

pub(crate) use contacts::{Contact, ContactKind, ContactKinds};
#[cfg(test)]
pub(crate) use disguise::heads;
pub(crate) use need::Need;
pub(crate) use pairs::Pairs;
pub(crate) use pattern::{PATTERN_SIZE, Pattern};
pub(crate) use reading::{Reading, is_disguised};
pub(crate) use terms::{Found, SetId, Terms, TermsBuilder, Variants, Window};
