//! presend
#![allow(missing_docs)]
pub mod decimal;
pub mod finding;
pub mod record;
pub mod source;
pub mod span;
pub mod time;
pub mod tree;
pub mod vocabulary;
pub mod words;
