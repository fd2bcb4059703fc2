//! presend
#![allow(missing_docs)]
pub mod check;
pub mod collection;
pub mod decimal;
pub mod finding;
pub mod input;
pub mod kinds;
pub mod lists;
pub mod output;
pub mod policy;
pub mod problem;
pub mod record;
pub mod report;
pub mod schema;
pub mod select;
pub mod settings;
pub mod source;
pub mod span;
pub mod text;
pub mod time;
pub mod timeline;
pub mod tree;
pub mod trial;
pub mod vocabulary;
pub mod words;
