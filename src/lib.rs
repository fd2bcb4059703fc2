//! presend
#![allow(missing_docs)]
pub mod check;
mod collection;
pub mod decimal;
pub mod finding;
pub mod input;
mod kinds;
mod lists;
pub mod output;
pub mod policy;
pub mod problem;
mod record;
pub mod report;
mod schema;
mod select;
pub mod settings;
pub mod source;
pub mod span;
mod text;
pub mod time;
mod timeline;
mod tree;
pub mod trial;
mod vocabulary;
pub mod words;
