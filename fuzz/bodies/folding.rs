//! Folded words lead back to their bytes.

use super::{checked, checker, report};
use presend::check::Checker;
use std::sync::OnceLock;

const POLICY: &str = r#"
schema = 1
[[rule]]
id = "words"
severity = "info"
summary = "words"
lexicon = { terms = ["办证", "加微信", "零元购", "发票", "刷单", "vx", "13号"], variants = "fold" }
"#;

/// What was found is what stands there, and is found again when it stands alone.
pub(crate) fn run(data: &[u8]) {
    static CHECKER: OnceLock<Checker> = OnceLock::new();
    let checker = CHECKER.get_or_init(|| checker(POLICY));
    let text = String::from_utf8_lossy(data).into_owned();
    let report = checked(checker, "draft.txt", text.as_bytes());
    report::holds(&report);
    for finding in &report.findings {
        let Some(found) = finding.matched() else { continue };
        assert_eq!(report.source(finding.place.source).slice(finding.place.span), found.text);
        let alone = checked(checker, "draft.txt", found.text.as_bytes());
        let again = alone.findings.iter().filter_map(|finding| finding.matched()).any(|again| again.normalized == found.normalized);
        assert!(again, "{:?} is not found alone", found.text);
    }
    let more = format!("{text}\n\n零元购");
    let report = checked(checker, "draft.txt", more.as_bytes());
    let end = report.sources[0].text().len();
    assert!(report.findings.iter().any(|finding| finding.place.span.end as usize == end), "the last words are found");
}
