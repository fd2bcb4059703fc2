//! Limits count what they should, and nothing else: cases that once went wrong, each with its smallest example.

mod counted;
mod numbers;
#[path = "../stage/mod.rs"]
mod stage;
