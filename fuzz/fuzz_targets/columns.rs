//! Any bytes as a file of columns, as what it says of itself, or over a part of it.

#![no_main]

#[path = "../bodies/mod.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::columns::run(data));
