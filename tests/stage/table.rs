//! A policy for tables of any format, and what a file gives that is held against it.
#![allow(dead_code, reason = "every test binary has its own copy and uses a part of it")]

use crate::stage::Stage;
use serde_json::Value;

/// A warning for a word, an error for a second post within an hour, advice on an amount.
pub(crate) const POLICY: &str = r#"schema = 1
[[rule]]
id = "contact-word"
severity = "warning"
summary = "contact"
lexicon = { field = "text", terms = ["加微信"] }
[[rule]]
id = "posts"
severity = "error"
summary = "posts"
match = { action = "post_moment" }
rate = { max = 1, timespan = "1h", group_by = ["account"] }
[[rule]]
id = "amount"
severity = "info"
summary = "amount"
constraint = [{ field = "amount", maximum = 200 }]
"#;

/// What a file of this name and these bytes gives.
pub(crate) fn report(name: &str, bytes: &[u8]) -> Value {
    staged(name, bytes).report(&[name, "--policy", "p.toml"])
}

/// A folder with the policy and the file.
pub(crate) fn staged(name: &str, bytes: &[u8]) -> Stage {
    Stage::with("p.toml", POLICY).file(name, bytes)
}
