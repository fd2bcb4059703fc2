//! Logs of columns: every type, pruning, the same findings as for the same rows in a `.csv`; files that are broken or made to do harm.
#![cfg(feature = "parquet")]

mod hostile;
mod made;
#[path = "../stage/mod.rs"]
mod stage;
#[path = "../stage/table.rs"]
mod table;
mod types;

use serde_json::Value;
use stage::{findings, text};

/// Rule and row of every finding.
fn found(report: &Value) -> Vec<(String, u64)> {
    let row = |finding: &Value| finding["location"]["line"].as_u64().unwrap_or_default();
    findings(report).iter().map(|finding| (text(&finding["rule"]).to_owned(), row(finding))).collect()
}

/// The codes of the findings.
fn codes(report: &Value) -> Vec<String> {
    found(report).into_iter().map(|(code, _)| code).collect()
}
