//! What is waived, a line for each finding: for people who ask for it.

use crate::finding::Finding;
use crate::output::placed::place;
use crate::output::remarks::say;
use crate::output::shown::{clipped, visible};
use crate::report::Report;
use crate::words::Lang;
use std::io;

/// Characters of a reason that are shown.
const REASON: usize = 200;

/// Writes the lines: where, which rule, why, who agreed, until when.
pub(super) fn write(report: &Report, lang: Lang, out: &mut dyn io::Write) -> io::Result<()> {
    lines(report, lang).try_for_each(|line| writeln!(out, "{line}"))
}

/// The lines, if they are to be shown.
pub(super) fn lines(report: &Report, lang: Lang) -> impl Iterator<Item = String> {
    report.waived.iter().filter(|_| report.shows_waived).map(move |finding| {
        let source = report.source(finding.place.source);
        let place = place(source, finding.place.span, lang);
        let (rule, waived) = (visible(&finding.about.id), say(lang, "已豁免", "waived"));
        format!("{place}: {waived}[{rule}] {}", why(finding, lang))
    })
}

/// The reason, who agreed, until when.
pub(super) fn why(finding: &Finding, lang: Lang) -> String {
    let Some(waiver) = &finding.waiver else { return String::new() };
    let by = waiver.approved_by.as_deref().map(|name| say(lang, "批准：", "approved by ").to_owned() + name);
    let until = waiver.expires.as_deref().map(|day| say(lang, "有效至 ", "until ").to_owned() + day);
    let beside: Vec<String> = by.into_iter().chain(until).collect();
    let reason = clipped(&waiver.reason, REASON).into_owned();
    match (lang, beside.is_empty()) {
        (_, true) => reason,
        (Lang::Zh, false) => format!("{reason}（{}）", visible(&beside.join("，"))),
        (Lang::En, false) => format!("{reason} ({})", visible(&beside.join(", "))),
    }
}
