//! Checks what an account is about to send, before it sends it.
//!
//! The crate reads as one sentence: a [`Policy`] is compiled to a [`Checker`], which checks an [`Input`] and gives a [`Report`].
//!
//! ```
//! use presend::input::Role;
//! use presend::source::Source;
//! use presend::time::Zone;
//! use presend::words::Lang;
//! use presend::{Input, InputFile, Policy};
//!
//! // A policy is TOML. Mistakes in it do not stop the reading: they come back together, each with its place.
//! let mut policy = Policy::new();
//! let house = r#"
//! schema = 1
//! [[rule]]
//! id = "add-friend-hourly"
//! severity = "error"
//! summary = { zh = "一小时加好友过多", en = "Too many friend requests in an hour" }
//! match = { action = "add_friend" }
//! rate = { max = 2, timespan = "1h", group_by = ["account"] }
//! "#;
//! policy.add(Source::new("house.toml", house), &|_word_list| None);
//! let checker = policy.compile(&Zone::default()).expect("a policy without mistakes");
//!
//! // An input is what will be sent: drafts, a plan, the registry of accounts. The ending of a name tells the format.
//! let plan = "time,account,action\n\
//!     2026-11-20 09:00,shop,add_friend\n\
//!     2026-11-20 09:20,shop,add_friend\n\
//!     2026-11-20 09:40,shop,add_friend\n";
//! let mut input = Input::new();
//! input.add(InputFile::of(Source::new("plan.csv", plan), Role::Plan).expect("a known ending"));
//!
//! // A report holds every finding in order of place, and the sources the places are in.
//! let report = checker.check(input);
//! let finding = &report.findings[0];
//! assert_eq!(finding.about.id, "add-friend-hourly");
//! assert_eq!(finding.message(Lang::En), "Too many friend requests in an hour: shop reaches 3 within 1h; the limit is 2");
//! let place = report.source(finding.place.source).position(finding.place.span.start as usize);
//! assert_eq!((place.line, place.column), (4, 1));
//! ```
//!
//! Compiling and checking are two types. A checker never changes, may be shared by any number of threads, and gives the same
//! report for the same input whatever the order of the files or the number of threads.
//!
//! A mistake in a policy or in an input is a [`finding`] with a place, not an error type: [`Policy::compile`] returns a report
//! of the policy's mistakes, and a line that cannot be read is reported while the rest of the input goes on.
//!
//! Nothing here reads a file, asks a clock or the environment, or prints: the caller brings bytes ([`source::Source::decode`]),
//! the day for records without a time ([`Input::as_of`]) and a writer for one of the [`output::OUTPUTS`]. The command line in
//! `src/bin/presend` is such a caller and has no other door than this one.

pub mod baseline;
pub mod check;
mod collection;
pub mod decimal;
pub mod finding;
pub mod input;
mod kinds;
mod likeness;
pub mod lint;
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
mod threads;
pub mod time;
mod timeline;
mod tree;
pub mod trial;
mod vocabulary;
pub mod words;

pub use check::{Checker, Input, InputFile};
pub use policy::Policy;
pub use report::Report;
