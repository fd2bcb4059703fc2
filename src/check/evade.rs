//! `evade-obfuscation`: writing around a filter is itself a breach, reported beside the rule that was written around.

use crate::finding::{About, Citation, Detail, Disguise, Finding, Match, Place, Severity};
use crate::policy::DISGUISE;
use crate::report::fingerprint;
use crate::words::Words;
use std::collections::BTreeSet;
use std::sync::Arc;

/// One finding for each place that was found in disguise, one severity above the rule that found it; with the number of the finding it
/// is raised by.
pub(super) fn findings(found: &[Finding]) -> Vec<(usize, Finding)> {
    let mut about = None;
    let mut seen = BTreeSet::new();
    let mut raised = Vec::new();
    for (number, finding) in found.iter().enumerate() {
        for Disguise { span, text, normalized } in disguises(finding) {
            if !seen.insert((finding.place.source, span)) {
                continue;
            }
            let about = about.get_or_insert_with(|| Arc::new(disguise()));
            let print = fingerprint(&[about.id.as_bytes(), text.as_bytes(), normalized.as_bytes()]);
            let place = Place { span, ..finding.place.clone() };
            let detail = Detail::Match(Box::new(Match::whole(text, normalized, true)));
            let mut evasion = Finding::new(Arc::clone(about), above(finding.severity), detail, place);
            evasion.fingerprint = print;
            raised.push((number, evasion));
        }
    }
    raised
}

/// What is in disguise in a finding: the whole of one word, or those of several signs that are.
fn disguises(finding: &Finding) -> Vec<Disguise> {
    let Some(matched) = finding.matched().filter(|matched| matched.obfuscated) else { return Vec::new() };
    let whole = || Disguise { span: finding.place.span, text: matched.text.clone(), normalized: matched.normalized.clone() };
    if matched.disguised.is_empty() { vec![whole()] } else { matched.disguised.clone() }
}

fn above(severity: Severity) -> Severity {
    match severity {
        Severity::Info => Severity::Warning,
        Severity::Warning | Severity::Error => Severity::Error,
    }
}

/// What the rule that belongs to the program says of itself: `evade-obfuscation`.
pub fn disguise() -> About {
    About {
        id: DISGUISE.to_owned(),
        pack: "evasion".to_owned(),
        kind: "lexicon".to_owned(),
        severity: Some(Severity::Warning),
        confidence: "high".to_owned(),
        risk: Some("ban".to_owned()),
        summary: Words::fixed("用变形写法绕开审查", "words in disguise"),
        message: Words::fixed("变形写法：写作“{match}”，读作“{read}”", "words in disguise: written as “{match}”, read as “{read}”"),
        help: Words::fixed(
            "变形写法本身就是违规。这句话若不能明着说，就不要发；若可以，就照常写。",
            "Writing around a filter is itself a breach. What cannot be said plainly should not be sent; what can should be written plainly.",
        ),
        source: vec![Citation {
            title: "微信公众平台运营规范".to_owned(),
            clause: Some("3.13.4".to_owned()),
            url: Some("https://mp.weixin.qq.com/mp/opshowpage?action=newoplaw".to_owned()),
            basis: Some("platform".to_owned()),
            as_of: Some("2026-11-20".to_owned()),
        }],
        ..About::default()
    }
}
