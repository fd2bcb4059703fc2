//! What people are told under a finding: what to do, what was counted, who says so.

use crate::decimal::Decimal;
use crate::finding::{Citation, Detail, Edit, Finding, Match, Window};
use crate::output::shown::{clipped, visible};
use crate::report::Report;
use crate::words::{Fixed, Lang};

/// Characters of a quotation.
const QUOTE: usize = 60;

/// Edits of a fix that are shown.
const EDITS: usize = 3;

/// The head of the remarks that say who says so, one for each source of the rule.
pub(super) const SOURCE: Fixed = Fixed { zh: "依据：", en: "source: " };

/// One line, or a few.
pub(super) struct Remark {
    /// What it is about, with a colon.
    pub head: &'static str,
    /// What it says, fit to be shown.
    pub text: String,
}

/// Everything there is to say, what to do first.
pub(super) fn remarks(report: &Report, finding: &Finding, lang: Lang) -> Vec<Remark> {
    let say = |zh, en| say(lang, zh, en);
    let mut remarks = vec![Remark { head: say("怎么办：", "help: "), text: help(finding, lang) }];
    remarks.push(Remark { head: say("改法：", "change: "), text: changes(report, finding, lang) });
    if let Some(window) = finding.window() {
        remarks.push(Remark { head: say("范围：", "window: "), text: counted(report, window, lang) });
        remarks.push(Remark { head: say("余量：", "left: "), text: left(window, lang) });
        let allowed = window.allowed_at.map(|time| report.zone.show(time)).unwrap_or_default();
        remarks.push(Remark { head: say("最早时间：", "allowed from: "), text: allowed });
    }
    for citation in &finding.about.source {
        remarks.push(Remark { head: SOURCE.say(lang), text: cited(citation, lang) });
    }
    if let Some(record) = &finding.place.record {
        remarks.push(Remark { head: say("记录：", "record: "), text: clipped(record, QUOTE).into_owned() });
    }
    if finding.about.confidence == "low" {
        let low = say("低，请人工核对", "low; have a person look at it");
        remarks.push(Remark { head: say("把握：", "confidence: "), text: low.to_owned() });
    }
    remarks.retain(|remark| !remark.text.is_empty());
    remarks
}

/// What to write under the words of a finding.
pub(super) fn label(finding: &Finding, lang: Lang) -> Option<String> {
    let words = match &finding.detail {
        Detail::Said(_) => String::new(),
        Detail::Match(found) => read_as(found, lang),
        Detail::Window(window) => match lang {
            Lang::Zh => format!("计 {}，限 {}", window.count, window.max),
            Lang::En => format!("{}, limit {}", window.count, window.max),
        },
        Detail::Value(value) if value.allowed.is_empty() => String::new(),
        Detail::Value(value) => say(lang, "应为：", "should be: ").to_owned() + &clipped(value.allowed.say(lang), QUOTE),
    };
    (!words.is_empty()).then_some(words)
}

/// One of two wordings.
pub(super) fn say(lang: Lang, zh: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// How a disguise was written and read; nothing for words that say what they are.
fn read_as(found: &Match, lang: Lang) -> String {
    let (text, read) = (clipped(&found.text, QUOTE), clipped(&found.normalized, QUOTE));
    if text == read {
        return String::new();
    }
    match lang {
        Lang::Zh if found.obfuscated => format!("写作“{text}”，读作“{read}”"),
        Lang::En if found.obfuscated => format!("written as “{text}”, read as “{read}”"),
        Lang::Zh => format!("读作“{read}”"),
        Lang::En => format!("read as “{read}”"),
    }
}

fn help(finding: &Finding, lang: Lang) -> String {
    finding.help().say(lang).lines().map(visible).collect::<Vec<_>>().join("\n")
}

fn changes(report: &Report, finding: &Finding, lang: Lang) -> String {
    let edits = finding.fix.as_deref().map_or(&[][..], |fix| &fix.edits);
    let source = report.source(finding.place.source);
    let change = |edit: &Edit| {
        let (old, new) = (clipped(source.slice(edit.span), QUOTE), clipped(&edit.text, QUOTE));
        match lang {
            Lang::Zh if new.is_empty() => format!("删去“{old}”"),
            Lang::En if new.is_empty() => format!("delete “{old}”"),
            Lang::Zh if old.is_empty() => format!("加上“{new}”"),
            Lang::En if old.is_empty() => format!("insert “{new}”"),
            Lang::Zh => format!("“{old}”改为“{new}”"),
            Lang::En => format!("“{old}” to “{new}”"),
        }
    };
    let mut said: Vec<String> = edits.iter().take(EDITS).map(change).collect();
    if edits.len() > EDITS {
        said.push("…".to_owned());
    }
    said.join(say(lang, "；", "; "))
}

fn counted(report: &Report, window: &Window, lang: Lang) -> String {
    let mut said: Vec<String> = window.group.iter().map(|(field, value)| format!("{}={}", visible(field), clipped(value, QUOTE))).collect();
    if let (Some(start), Some(end)) = (window.start, window.end) {
        said.push(format!("{}{}{}", report.zone.show(start), say(lang, " 至 ", " to "), report.zone.show(end)));
    }
    match (lang, window.rows) {
        (_, 0) => {}
        (Lang::Zh, rows) => said.push(format!("{rows} 条超限")),
        (Lang::En, 1) => said.push("1 record over the limit".to_owned()),
        (Lang::En, rows) => said.push(format!("{rows} records over the limit")),
    }
    said.join(say(lang, "；", "; "))
}

/// What the window had left for the first record over the limit. Where nothing at all is allowed there is no more to say.
fn left(window: &Window, lang: Lang) -> String {
    match (window.remaining.filter(|_| window.max > Decimal::default()), lang) {
        (None, _) => String::new(),
        (Some(Decimal(0)), Lang::Zh) => "0，这条之前已用满".to_owned(),
        (Some(Decimal(0)), Lang::En) => "0; nothing was left for this record".to_owned(),
        (Some(left), Lang::Zh) => format!("{left}，这条最多还能用这么多"),
        (Some(left), Lang::En) => format!("{left}; so much was left for this record"),
    }
}

/// `title clause (basis, as of)`.
fn cited(citation: &Citation, lang: Lang) -> String {
    let basis = citation.basis.as_deref().map(|basis| named_basis(basis, lang));
    let read = citation.as_of.as_deref().map(|day| say(lang, "查阅于 ", "read ").to_owned() + day);
    let beside = basis.into_iter().chain(read).collect::<Vec<_>>().join(say(lang, "，", ", "));
    let clause = citation.clause.as_deref().unwrap_or_default();
    let name = visible(format!("{} {clause}", citation.title).trim()).into_owned();
    match (lang, beside.is_empty()) {
        (_, true) => name,
        (Lang::Zh, false) => format!("{name}（{}）", visible(&beside)),
        (Lang::En, false) => format!("{name} ({})", visible(&beside)),
    }
}

fn named_basis(basis: &str, lang: Lang) -> String {
    let known = match basis {
        "law" => say(lang, "法律法规", "law"),
        "platform" => say(lang, "平台规则", "platform rules"),
        "textbook" => say(lang, "教材", "textbook"),
        "community" => say(lang, "业内经验", "community"),
        "house" => say(lang, "内部规定", "house rule"),
        other => other,
    };
    known.to_owned()
}
