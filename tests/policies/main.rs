//! Broken policies: every mistake is reported in one run, at its own characters, and nothing is checked with them.

mod days;
mod hostile;
mod layers;
mod marked;
mod meaning;
mod shape;
#[path = "../stage/mod.rs"]
mod stage;
mod whole;
