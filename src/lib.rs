//! presend
#![allow(missing_docs)]
pub mod collection;
pub mod decimal;
pub mod finding;
pub mod input;
pub mod output;
pub mod problem;
pub mod record;
pub mod report;
pub mod source;
pub mod span;
pub mod time;
pub mod tree;
pub mod vocabulary;
pub mod words;
