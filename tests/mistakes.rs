//! Every code a mistake can have is on the page of mistakes, in both languages, with what it means and how to mend it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What codes begin with.
const FAMILIES: [&str; 3] = ["policy-", "input-", "waiver-"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: PathBuf, files: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            rust_files(path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

/// Strings of a source that are codes; one that ends in `-` is the beginning of some.
fn codes(text: &str) -> impl Iterator<Item = &str> {
    let is_code = |part: &&str| {
        FAMILIES.iter().any(|family| part.len() > family.len() && part.starts_with(family))
            && !part.ends_with('-')
            && part.chars().all(|c| c.is_ascii_lowercase() || c == '-')
    };
    text.split('"').filter(is_code)
}

/// The rows of the tables of a page, cell by cell.
fn rows(page: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(root().join(page)).expect("the page");
    let cells = |line: &str| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect();
    text.lines().filter(|line| line.starts_with("| `")).map(cells).collect()
}

#[test]
fn every_code_is_explained_and_no_other() {
    let mut files = Vec::new();
    rust_files(root().join("src"), &mut files);
    let texts: Vec<String> = files.iter().map(|file| fs::read_to_string(file).expect("a file")).collect();
    let known: BTreeSet<&str> = texts.iter().flat_map(|text| codes(text)).collect();
    assert!(known.len() > 60, "codes are found: {known:?}");
    for page in ["docs/mistakes.md", "docs/mistakes.zh-CN.md"] {
        let rows = rows(page);
        assert!(rows.iter().all(|row| row.len() == 3 && row.iter().all(|cell| cell.len() > 1)), "{page}: a code, a meaning, a remedy");
        let told: Vec<&str> = rows.iter().map(|row| row[0].trim_matches('`')).collect();
        assert_eq!(told.iter().copied().collect::<BTreeSet<&str>>(), known, "{page}");
        assert_eq!(told.len(), known.len(), "{page}: each once");
    }
}
