//! Files as offices have them: workbooks, documents, pages; honest ones and hostile ones.

mod docx;
mod hostile;
mod html;
mod made;
#[path = "../stage/mod.rs"]
mod stage;
#[path = "../stage/table.rs"]
mod table;
mod xlsx;

use serde_json::Value;
use stage::{findings, text};

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
