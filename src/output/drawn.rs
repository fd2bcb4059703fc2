//! What of a long report is drawn: the worst findings, and the places shown with each.

use crate::finding::{Finding, Related, Severity};
use crate::output::excerpt::Mark;
use crate::output::remarks::{label, say};
use crate::output::shown::clipped;
use crate::report::Report;
use crate::words::Lang;

/// Related places that are drawn with a finding.
pub(super) const RELATED: usize = 4;

/// Characters of a note; it may quote a text of any length.
pub(super) const NOTE: usize = 80;

/// So many of the worst findings, in the report's order.
pub(super) fn worst(findings: &[Finding], most: usize) -> Vec<&Finding> {
    let mut room = most;
    let mut left = [Severity::Error, Severity::Warning, Severity::Info].map(|severity| {
        let some = findings.iter().filter(|finding| finding.severity == severity).count().min(room);
        room -= some;
        (severity, some)
    });
    let mut pick = |finding: &&Finding| {
        let quota = left.iter_mut().find(|(severity, some)| *severity == finding.severity && *some > 0);
        quota.map(|(_, some)| *some -= 1).is_some()
    };
    findings.iter().filter(|finding| pick(finding)).collect()
}

/// The place of a finding, then the related ones that are drawn.
pub(super) fn marks<'a>(report: &Report, finding: &'a Finding, lang: Lang) -> Vec<Mark<'a>> {
    let mut words = label(finding, lang);
    let source = report.source(finding.place.source);
    let [first, last] = [finding.place.span.range().start, finding.place.span.range().end].map(|end| source.position(end).line);
    if last >= first + 3 {
        let until = match lang {
            Lang::Zh => format!("到第 {last} 行为止"),
            Lang::En => format!("down to line {last}"),
        };
        words = Some(words.map_or(until.clone(), |words| words + say(lang, "，", ", ") + &until));
    }
    let first = Mark { place: &finding.place, words };
    let note = |related: &'a Related| Mark { place: &related.place, words: Some(clipped(&related.note.say(lang), NOTE).into_owned()) };
    std::iter::once(first).chain(finding.related.iter().take(RELATED).map(note)).collect()
}
