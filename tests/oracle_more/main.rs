//! `ratio`, `sequence`, `time_window` and `similarity`: fixed cases, random plans against slow oracles, laws.

mod cases;
mod clock;
mod laws;
mod mistakes;
mod plan;
mod rules;
mod slow;
#[path = "../stage/stream.rs"]
mod stream;
mod streamed;
mod versus;
