//! Any words in any text.

use super::{checked, report};
use presend::source::Source;
use presend::time::Zone;
use presend::{Checker, Policy};

/// The lines before the first empty one are a word list, the rest is a draft. Looking for more variants loses nothing.
pub(crate) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (words, draft) = text.split_once("\n\n").unwrap_or(("加微信", &text));
    let mut found = ["none", "fold", "all"].map(|variants| {
        let checker = checker(words, variants)?;
        let report = checked(&checker, "draft.txt", draft.as_bytes());
        report::holds(&report);
        Some(!report.findings.is_empty())
    });
    found.reverse();
    assert!(found.is_sorted_by(|more, less| more >= less), "variants lose words: {found:?}");
}

fn checker(words: &str, variants: &str) -> Option<Checker> {
    let mut policy = Policy::new();
    let text = format!(
        "schema = 1\n[[list]]\nid = \"words\"\nfile = \"words.txt\"\n[[rule]]\nid = \"words\"\nseverity = \"info\"\nsummary = \"words\"\n\
         lexicon = {{ lists = [\"words\"], variants = \"{variants}\" }}\n"
    );
    policy.add(Source::new("policy.toml", text), &|_| Some(words.as_bytes().to_vec()));
    policy.compile(&Zone::default()).map_err(|mistakes| report::holds(&mistakes)).ok()
}
