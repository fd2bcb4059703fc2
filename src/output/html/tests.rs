//! The page: what it may do, and that nothing in it is what a stranger wrote.

use super::*;
use crate::output::sample;
use sha2::{Digest, Sha256};

fn page(report: &Report, lang: Lang) -> String {
    sample::written(report, "html", Style { lang, color: false, width: 80, jobs: 1 })
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let sign = |bits: u32, at: u32| char::from(SIGNS[(bits >> (18 - 6 * at) & 63) as usize]);
    let group = |three: &[u8]| {
        let bits = three.iter().chain([&0, &0]).take(3).fold(0, |bits, byte| bits << 8 | u32::from(*byte));
        (0..4).map(|at| if at as usize <= three.len() { sign(bits, at) } else { '=' }).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

/// When this fails, put the hash it prints into `POLICY`.
#[test]
fn the_policy_names_the_style_and_the_script() {
    for (directive, file) in [("style-src", CSS), ("script-src", SCRIPT)] {
        let expected = format!("{directive} 'sha256-{}'", base64(&Sha256::digest(file)));
        assert!(POLICY.contains(&expected), "{expected}");
    }
    let page = page(&sample::report(), Lang::Zh);
    assert_eq!((page.matches("<style").count(), page.matches("<script").count(), page.matches(" style=").count()), (1, 1, 0));
    assert!(page.contains(&format!("<style>{CSS}</style>")) && page.contains(&format!("<script>{SCRIPT}</script>")));
}

#[test]
fn nothing_is_asked_of_a_server() {
    let page = page(&sample::report(), Lang::En);
    for asks in [" src=", "<link", "@import", "url(", "fetch(", "XMLHttpRequest", "<img", "<iframe"] {
        assert!(!page.contains(asks), "{asks}");
    }
    assert_eq!(page.matches("href=\"http").count(), 1, "a source may be opened by a click");
}

#[test]
fn what_a_stranger_wrote_is_no_markup() {
    let mut report = sample::report();
    let evil = "\"><script>alert(1)</script><img src=x onerror='a&b'>";
    for finding in &mut report.findings {
        finding.place.record = Some(evil.into());
        finding.account = Some(evil.into());
        let mut about = (*finding.about).clone();
        (about.id, about.pack) = (evil.to_owned(), evil.to_owned());
        about.source = vec![Citation { title: evil.to_owned(), url: Some(format!("javascript:{evil}")), ..Citation::default() }];
        finding.about = about.into();
    }
    report.sources[0] = crate::source::Source::new(evil, report.sources[0].text());
    let page = page(&report, Lang::Zh);
    assert_eq!(page.matches("<script").count(), 1);
    assert!(!page.contains("<img") && !page.contains("href=\"javascript"));
    assert!(page.contains("&lt;script&gt;alert(1)"));
}

#[test]
fn a_timeline_draws_the_limit_and_every_record() {
    let page = page(&sample::report(), Lang::Zh);
    assert_eq!((page.matches("class=\"ok\"").count(), page.matches("class=\"over\"").count()), (3, 1));
    assert!(page.contains("class=\"limit\"") && page.contains("计 200.5，限 200") && page.contains("11-20 21:30 起"));
    assert!(page.contains("data-account=\"a\""));
}

#[test]
fn an_empty_report_says_so() {
    let report = Report::new(Vec::new(), Vec::new(), 3, crate::time::Zone::default());
    let page = page(&report, Lang::En);
    assert!(page.contains("Nothing found.") && !page.contains("class=\"filters\""));
}
