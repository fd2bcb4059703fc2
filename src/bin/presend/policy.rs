//! `presend policy`: policies themselves.

use crate::Exit;
use crate::args::PolicyVerb;
use presend::policy::json_schema;
use std::io::Write;

/// Runs the verb.
pub(crate) fn run(verb: &PolicyVerb) -> Exit {
    match verb {
        PolicyVerb::Schema => print(&json_schema()),
    }
    Exit::Clean
}

fn print(text: &str) {
    // A reader that went away, such as `head`, is no mistake of ours.
    let _gone = std::io::stdout().lock().write_all(text.as_bytes());
}
