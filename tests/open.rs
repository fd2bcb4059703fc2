//! What is believed to be wrong against the contract, each with its smallest example. A test moves to its subject once it holds.

#[path = "open/command_line.rs"]
mod command_line;
#[path = "open/limits.rs"]
mod limits;
mod stage;
