//! Files as offices have them: workbooks, documents, pages; honest ones and hostile ones.

mod docx;
mod hostile;
mod html;
mod made;
#[path = "../stage/mod.rs"]
mod stage;
mod xlsx;

use serde_json::Value;
use stage::{Stage, findings, text};

/// A warning for a word, an error for a second post within an hour, advice on an amount.
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
    staged(name, bytes).report(&[name, "--policy", "p.toml"])
}

/// A folder with the policy and the file.
fn staged(name: &str, bytes: &[u8]) -> Stage {
    Stage::with("p.toml", POLICY).file(name, bytes)
}

/// Rule and place of every finding, the place as a cell where it is one.
fn found(report: &Value) -> Vec<(String, String)> {
    let place = |location: &Value| match location["cell"].as_str() {
        Some(cell) => cell.to_owned(),
        None => format!("{}:{}", location["line"], location["column"]),
    };
    let one = |finding: &Value| (text(&finding["rule"]).to_owned(), place(&finding["location"]));
    findings(report).iter().map(one).collect()
}

/// The same, to compare with.
fn places(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(rule, place)| ((*rule).to_owned(), (*place).to_owned())).collect()
}
