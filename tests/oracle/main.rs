//! Random plans and random rules, held against a slow oracle written from design.md ("What a limit means").

mod clock;
mod laws;
mod plan;
mod rules;
mod run;
mod slow;
#[path = "../stage/stream.rs"]
mod stream;
mod streamed;
mod versus;
