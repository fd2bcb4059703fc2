//! Reading text: folding, finding listed terms, and the way back to the source.

mod disguise;
pub(crate) mod fold;
mod reading;
mod terms;
mod variants;

pub(crate) use reading::{Reading, is_disguised};
pub(crate) use terms::{Found, SetId, Terms, TermsBuilder, Variants};
