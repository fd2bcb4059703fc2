//! A finding: what is wrong, where, and what the rule behind it says. No rendering.

use crate::decimal::{Decimal, write_whole};
use crate::source::SourceId;
use crate::span::Span;
use crate::time::Time;
use crate::words::{Lang, Words};
use std::borrow::Cow;
use std::sync::Arc;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Advice.
    Info,
    /// Should be changed.
    Warning,
    /// Must not be sent.
    Error,
}

impl Severity {
    /// `error`, `warning` or `info`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }

    /// The severity of this name.
    pub fn named(name: &str) -> Option<Severity> {
        [Severity::Info, Severity::Warning, Severity::Error].into_iter().find(|severity| severity.name() == name)
    }
}

/// Where a rule comes from.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Citation {
    /// The law, the platform's rules, the book.
    pub title: String,
    /// Article, clause or section.
    pub clause: Option<String>,
    /// Where it can be read.
    pub url: Option<String>,
    /// `law`, `platform`, `textbook`, `community` or `house`.
    pub basis: Option<String>,
    /// The day it was read, `2026-11-01`.
    pub as_of: Option<String>,
}

/// What a rule says of itself; shared by all its findings.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// The rule's id.
    pub id: String,
    /// The pack it is from; `presend` for mistakes in policies and input.
    pub pack: String,
    /// The kind of rule.
    pub kind: String,
    /// As the policy sets it; none when the rule is off.
    pub severity: Option<Severity>,
    /// `high`, `medium` or `low`.
    pub confidence: String,
    /// `ban`, `throttle`, `fine`, `crime` or `reputation`.
    pub risk: Option<String>,
    /// What it adds to a risk score.
    pub score: Option<i64>,
    /// What is wrong, in a few words.
    pub summary: Words,
    /// What is wrong in a place, with placeholders such as `{match}` or `{count}`.
    pub message: Words,
    /// What to do instead.
    pub help: Words,
    /// Who says so.
    pub source: Vec<Citation>,
    /// Free words to choose rules by.
    pub tags: Vec<String>,
    /// First day in force and first day no longer, `2026-01-01`.
    pub effective: (Option<String>, Option<String>),
}

/// A place in a source.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Place {
    /// The source.
    pub source: SourceId,
    /// The bytes to underline.
    pub span: Span,
    /// Where the record it belongs to begins: its first byte.
    pub record_at: u32,
    /// The `id` of the record it belongs to, if it has one.
    pub record: Option<Box<str>>,
    /// The field the span lies in.
    pub field: Option<Arc<str>>,
}

impl Place {
    /// Bytes of a source, outside any record.
    pub fn at(source: SourceId, span: Span) -> Place {
        Place { source, span, record_at: span.start, record: None, field: None }
    }
}

/// Another place that has to do with a finding, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// Why it is shown.
    pub note: Why,
}

/// Why a place is shown beside a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// For this reason.
    Said(Words),
    /// It is one of so many records that fill a window. A log has a million of these: they get their words when they are told.
    Inside {
        /// Which of them.
        number: u32,
        /// How many there are.
        of: u32,
    },
}

impl Why {
    /// The reason in one language.
    pub fn say(&self, lang: Lang) -> Cow<'_, str> {
        if let Why::Said(words) = self {
            return Cow::Borrowed(words.say(lang));
        }
        let mut text = String::new();
        self.write(lang, &mut text);
        Cow::Owned(text)
    }

    /// Appends the reason to a text.
    pub fn write(&self, lang: Lang, out: &mut String) {
        let (number, of) = match self {
            Why::Said(words) => return out.push_str(words.say(lang)),
            Why::Inside { number, of } => (*number, *of),
        };
        let [before, between, after] = match lang {
            Lang::Zh => ["同一窗口内第 ", " 条，共 ", " 条"],
            Lang::En => ["", " of ", " in the same window"],
        };
        out.push_str(before);
        write_whole(number.into(), out);
        out.push_str(between);
        write_whole(of.into(), out);
        out.push_str(after);
    }
}

impl From<Words> for Why {
    fn from(words: Words) -> Why {
        Why::Said(words)
    }
}

/// The words that were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// As it stands in the draft.
    pub text: String,
    /// As it was read: the term of the policy.
    pub normalized: String,
    /// Whether it was found only through a variant or a disguise.
    pub obfuscated: bool,
    /// Where several signs were found together, those of them in disguise; empty when the whole is one word.
    pub disguised: Vec<Disguise>,
}

/// One sign of several, in disguise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disguise {
    /// Its bytes in the source.
    pub span: Span,
    /// As it stands in the draft.
    pub text: String,
    /// As it was read.
    pub normalized: String,
}

impl Match {
    /// One word, found as a whole.
    pub fn whole(text: String, normalized: String, obfuscated: bool) -> Match {
        Match { text, normalized, obfuscated, disguised: Vec::new() }
    }
}

/// How many of the records that fill a window are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Evidence {
    /// A few, as related places: enough to see what is meant.
    #[default]
    Few,
    /// Every one, in [`Window::records`], for reports that draw them or list them.
    Every,
}

/// A record that was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The source it stands in.
    pub source: SourceId,
    /// All of it.
    pub span: Span,
    /// When it happens, if it says so.
    pub time: Option<Time>,
}

/// What was counted.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Window {
    /// The group: field and value.
    pub group: Vec<(String, String)>,
    /// The highest count, or sum, in the run.
    pub count: Decimal,
    /// What the count is a part of, for shares.
    pub of: Option<Decimal>,
    /// The limit.
    pub max: Decimal,
    /// How many records break the limit in this run.
    pub rows: u64,
    /// The first record of the window, if it has a time.
    pub start: Option<Time>,
    /// The last record of the run.
    pub end: Option<Time>,
    /// The earliest moment at which the first breaking record would be allowed.
    pub allowed_at: Option<Time>,
    /// How much of what is counted the first breaking record might still have been: nothing where the window was full without it.
    pub remaining: Option<Decimal>,
    /// The records of the window and of the run, in order of time; empty unless [`Evidence::Every`] was asked for.
    pub records: Vec<Counted>,
}

/// What a fix would write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace.
    pub span: Span,
    /// What to write there.
    pub text: String,
}

/// A change that would end the finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// `safe`, `unsafe` or `suggest`.
    pub safety: String,
    /// All changes, in the finding's own source.
    pub edits: Vec<Edit>,
}

/// A value that is not allowed, or is not there.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Value {
    /// The field.
    pub field: String,
    /// What stands there; empty when nothing does.
    pub value: String,
    /// What would be allowed.
    pub allowed: Words,
}

/// Why a rule may be broken: who says so, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Waiver {
    /// The rules, as they are named.
    pub rules: Vec<String>,
    /// The reason.
    pub reason: String,
    /// Who agreed.
    pub approved_by: Option<String>,
    /// The last day it holds, `2026-12-31`.
    pub expires: Option<String>,
    /// The first moment it no longer holds.
    pub until: Option<Time>,
    /// The file it stands in.
    pub path: String,
    /// The line there.
    pub line: usize,
}

impl Waiver {
    /// Whether it no longer holds at a moment.
    pub fn is_over(&self, time: Time) -> bool {
        self.until.is_some_and(|until| time >= until)
    }
}

/// What a finding knows of its place; the words are made from it when somebody reads them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Words that are complete: mistakes in policies and input.
    Said(Box<Words>),
    /// Words that were found in a text.
    Match(Box<Match>),
    /// Records that were counted.
    Window(Box<Window>),
    /// A field's value.
    Value(Box<Value>),
}

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub about: Arc<About>,
    /// How much it weighs here.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// The account of the record, if it has one and [`Evidence::Every`] was asked for.
    pub account: Option<Box<str>>,
    /// What was found there.
    pub detail: Detail,
    /// What to do, where it differs from the rule's own help.
    pub help: Option<Box<Words>>,
    /// Other places.
    pub related: Box<[Related]>,
    /// A change that would end it.
    pub fix: Option<Box<Fix>>,
    /// Why it may stand.
    pub waiver: Option<Arc<Waiver>>,
    /// What stays the same when lines move; two findings of a report never share one.
    pub fingerprint: u64,
}

impl Finding {
    /// A finding that says its own words.
    pub fn said(about: Arc<About>, severity: Severity, words: Words, place: Place) -> Finding {
        Finding::new(about, severity, Detail::Said(Box::new(words)), place)
    }

    /// A finding with nothing beside it.
    pub fn new(about: Arc<About>, severity: Severity, detail: Detail, place: Place) -> Finding {
        Finding {
            about,
            severity,
            place,
            account: None,
            detail,
            help: None,
            related: Box::default(),
            fix: None,
            waiver: None,
            fingerprint: 0,
        }
    }

    /// What is wrong here, in one line. Words in disguise are said as they were read, too.
    pub fn message(&self, lang: Lang) -> String {
        let mut message = String::new();
        self.write_message(lang, &mut message);
        message
    }

    /// Appends the message to a text.
    pub fn write_message(&self, lang: Lang, out: &mut String) {
        let template = match &self.detail {
            Detail::Said(words) => return out.push_str(words.say(lang)),
            Detail::Match(_) | Detail::Window(_) | Detail::Value(_) => self.about.message.say(lang),
        };
        fill_into(template, out, |name, out| self.detail.write_part(name, lang, out));
        if let Detail::Match(found) = &self.detail
            && found.obfuscated
            && found.text != found.normalized
            && !template.contains("{read}")
        {
            let (before, after) = match lang {
                Lang::Zh => ("（读作“", "”）"),
                Lang::En => (" (read as “", "”)"),
            };
            out.extend([before, &found.normalized, after]);
        }
    }

    /// The help to show: the finding's own, or the rule's.
    pub fn help(&self) -> &Words {
        self.help.as_deref().unwrap_or(&self.about.help)
    }

    /// The words that were found, for rules on words.
    pub fn matched(&self) -> Option<&Match> {
        match &self.detail {
            Detail::Match(found) => Some(found),
            Detail::Said(_) | Detail::Window(_) | Detail::Value(_) => None,
        }
    }

    /// What was counted, for rules that count.
    pub fn window(&self) -> Option<&Window> {
        match &self.detail {
            Detail::Window(window) => Some(window),
            Detail::Said(_) | Detail::Match(_) | Detail::Value(_) => None,
        }
    }

    /// The fingerprint as it is written.
    pub fn fingerprint_text(&self) -> String {
        format!("{:016x}", self.fingerprint)
    }
}

impl Detail {
    /// Appends what a placeholder of a message stands for; false when it stands for nothing here.
    fn write_part(&self, name: &str, lang: Lang, out: &mut String) -> bool {
        match (self, name) {
            (Detail::Match(found), "match") => out.push_str(&found.text),
            (Detail::Match(found), "read") => out.push_str(&found.normalized),
            (Detail::Window(window), "count") => window.count.write(out),
            (Detail::Window(window), "of") => return window.of.map(|of| of.write(out)).is_some(),
            (Detail::Window(window), "max") => window.max.write(out),
            (Detail::Window(window), "rows") => write_whole(window.rows, out),
            (Detail::Window(window), "group") => window.write_group(out),
            (Detail::Window(window), "share") => return window.share_text().map(|share| out.push_str(&share)).is_some(),
            (Detail::Value(value), "field") => out.push_str(&value.field),
            (Detail::Value(value), "value") => out.push_str(&value.value),
            (Detail::Value(value), "allowed") => out.push_str(value.allowed.say(lang)),
            _ => return false,
        }
        true
    }
}

impl Window {
    /// Appends the values of the group: `a`, or `a, u1`.
    fn write_group(&self, out: &mut String) {
        for (number, (_, value)) in self.group.iter().enumerate() {
            out.push_str(if number == 0 { "" } else { ", " });
            out.push_str(value);
        }
    }

    /// The share in percent, to one digit after the point: `12.5%`.
    fn share_text(&self) -> Option<String> {
        let of = i128::from(self.of?.0);
        let tenths = (i128::from(self.count.0) * 1000 + of / 2).checked_div(of)?;
        let (whole, tenth) = (tenths / 10, tenths % 10);
        Some(if tenth == 0 { format!("{whole}%") } else { format!("{whole}.{tenth}%") })
    }
}

/// Replaces each `{name}` that `part` knows.
pub fn fill(template: &str, part: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    fill_into(template, &mut out, |name, out| part(name).map(|text| out.push_str(&text)).is_some());
    out
}

/// The same, appended to a text; `part` says whether it knew the name.
fn fill_into(template: &str, out: &mut String, part: impl Fn(&str, &mut String) -> bool) {
    let mut rest = template;
    while let Some(open) = memchr::memchr(b'{', rest.as_bytes()) {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        match memchr::memchr(b'}', rest.as_bytes()) {
            Some(close) if part(&rest[1..close], out) => rest = &rest[close + 1..],
            Some(_) | None => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_and_other_braces_stay() {
        let part = |name: &str| (name == "max").then(|| "20".to_owned());
        assert_eq!(fill("最多 {max} 次 {x} {", part), "最多 20 次 {x} {");
    }

    #[test]
    fn a_share_is_said_in_percent() {
        let share = |count, of| Window { count: Decimal(count), of: Some(Decimal(of)), ..Window::default() }.share_text();
        assert_eq!(share(2_000_000, 16_000_000).as_deref(), Some("12.5%"));
        assert_eq!(share(3_000_000, 4_000_000).as_deref(), Some("75%"));
        assert_eq!(share(0, 0), None);
    }

    #[test]
    fn a_finding_is_small_enough_for_a_million_of_them() {
        assert!(size_of::<Finding>() <= 144, "{}", size_of::<Finding>());
    }
}
