//! Logs of columns: every type, pruning, the same findings as for the same rows in a `.csv`; files that are broken or made to do harm.
#![cfg(feature = "parquet")]

mod hostile;
mod made;
#[path = "../stage/mod.rs"]
mod stage;
mod types;

use serde_json::Value;
use stage::{Stage, findings, text};

/// A second post within an hour, an amount, a word.
const POLICY: &str = r#"schema = 1
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
fn report(name: &str, bytes: &[u8]) -> Value {
    Stage::with("p.toml", POLICY).file(name, bytes).report(&[name, "--policy", "p.toml"])
}

/// Rule and row of every finding.
fn found(report: &Value) -> Vec<(String, u64)> {
    let row = |finding: &Value| finding["location"]["line"].as_u64().unwrap_or_default();
    findings(report).iter().map(|finding| (text(&finding["rule"]).to_owned(), row(finding))).collect()
}

/// The codes of the findings.
fn codes(report: &Value) -> Vec<String> {
    found(report).into_iter().map(|(code, _)| code).collect()
}
