//! Reading text: folding, finding listed terms, and the way back to the source.

pub mod fold;
mod reading;
mod terms;

pub use reading::{Reading, is_disguised};
pub use terms::{Found, SetId, Terms, TermsBuilder, Variants};
