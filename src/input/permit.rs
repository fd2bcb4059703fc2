//! What a record says it may break: the field `presend_ignore`, and comments in a draft.
//!
//! `RULE, RULE reason="…" expires=2026-12-31 approved_by="…"`. Without quotes a value ends at `;` or at the next key.

use super::cell::{Cell, Content};
use super::intake::Intake;
use crate::collection::Row;
use crate::finding::Waiver;
use crate::problem::Problem;
use crate::span::Span;
use crate::time::{Period, Zone};
use crate::words::{Words, is_reason, nearest};
use std::ops::Range;

/// The field of a record.
pub(super) const FIELD: &str = "presend_ignore";

/// What may be said beside the rules.
const KEYS: [&str; 3] = ["reason", "expires", "approved_by"];

/// How to write it.
const FORM: Words = Words::fixed(
    "写成：规则id reason=\"为什么\" expires=2026-12-31（多条规则用逗号隔开）",
    "write: RULE reason=\"why\" expires=2026-12-31 (commas between several rules)",
);

/// What a record, or a part of its text, may break.
#[derive(Clone, Debug)]
pub(crate) struct Ignore {
    /// The rules, the reason, the last day.
    pub waiver: Waiver,
    /// Where each rule is named.
    pub names: Vec<Span>,
    /// The record.
    pub row: Row,
    /// The part of its source that is meant; all of it without one.
    pub lines: Option<Span>,
    /// All of it, in the source of the record.
    pub span: Span,
}

impl Ignore {
    /// The same where records that began at one number begin at another, and accounts likewise.
    pub(crate) fn moved(self, records: (usize, usize), accounts: (usize, usize)) -> Ignore {
        let moved = |row: u32, (from, to): (usize, usize)| row - from as u32 + to as u32;
        let row = match self.row {
            Row::Record(row) => Row::Record(moved(row, records)),
            Row::Account(row) => Row::Account(moved(row, accounts)),
        };
        Ignore { row, ..self }
    }

    /// The same, so many bytes later.
    pub(crate) fn shift(&mut self, by: usize) {
        self.names.iter_mut().chain([&mut self.span]).chain(&mut self.lines).for_each(|span| *span = span.shifted(by));
    }
}

/// A text that says what may be broken, and where it stands.
pub(super) struct Written<'a> {
    /// The text.
    pub text: &'a str,
    /// The bytes of a range of the text.
    pub place: &'a dyn Fn(Range<usize>) -> Span,
    /// The part of the source that is meant; all of the record without one.
    pub lines: Option<Span>,
}

/// Takes what the cells of the newest record say it may break.
pub(super) fn take_cells(intake: &mut Intake<'_>, row: Row, cells: &[Cell<'_>]) {
    let Some(field) = intake.ignores_in else { return };
    for cell in cells.iter().filter(|cell| cell.field == field) {
        let text = cell.text();
        let place = |range: Range<usize>| match &cell.content {
            Content::Plain(_) => Span::new(range).shifted(cell.span.start as usize),
            Content::Unescaped(text) => text.1.source_span(range),
        };
        if !text.trim().is_empty() {
            take(intake, row, &Written { text, place: &place, lines: None });
        }
    }
}

/// Takes what a text says of the newest record; what cannot be understood is reported.
pub(super) fn take(intake: &mut Intake<'_>, row: Row, written: &Written<'_>) {
    let Written { text, place, lines } = written;
    let (said, slips) = read(text);
    let ends = |day: &Range<usize>| last_day(&text[day.clone()], intake.zone());
    let span = place(0..text.len());
    let name = |range: &Range<usize>| text[range.clone()].to_owned();
    let waiver = Waiver {
        rules: said.rules.iter().map(name).collect(),
        reason: said.values[0].as_ref().map(name).unwrap_or_default(),
        expires: said.values[1].as_ref().map(name),
        until: said.values[1].as_ref().and_then(ends),
        approved_by: said.values[2].as_ref().map(name),
        path: intake.source.name().to_owned(),
        // Which line it is, is known when all of the file was read.
        line: 0,
    };
    let names = said.rules.iter().map(|range| place(range.clone())).collect();
    if slips.is_empty() {
        intake.ignores.push(Ignore { waiver, names, row, lines: *lines, span });
    }
    for slip in slips {
        let problem = Problem::error(slip.code, intake.id, place(slip.range), slip.words);
        intake.problems.push(if slip.help.is_empty() { problem.with_help(FORM) } else { problem.with_help(slip.help) });
    }
}

/// The first moment after a day; none when it is no day.
fn last_day(day: &str, zone: &Zone) -> Option<crate::time::Time> {
    Some(zone.period(Period::Day, zone.midnight(day)?).1)
}

/// What was understood, as ranges of the text.
#[derive(Debug, Default)]
struct Said {
    rules: Vec<Range<usize>>,
    /// By key, in the order of `KEYS`.
    values: [Option<Range<usize>>; 3],
}

/// What was not understood.
#[derive(Debug)]
struct Slip {
    code: &'static str,
    range: Range<usize>,
    words: Words,
    help: Words,
}

fn read(text: &str) -> (Said, Vec<Slip>) {
    let (mut said, mut slips) = (Said::default(), Vec::new());
    let mut at = rules(text, &mut said);
    while let Some(start) = text[at..].find(|c| !is_gap(c)).map(|skip| at + skip) {
        let (key, after) = key(text, start);
        let (value, end) = value(text, after);
        at = end.max(start + 1);
        while !text.is_char_boundary(at) {
            at += 1;
        }
        match KEYS.iter().position(|known| *known == &text[key.clone()]) {
            _ if after == start => slips.push(slip("waiver-broken", start..end, Words::fixed("看不懂这一段", "this cannot be understood"))),
            Some(number) if said.values[number].is_some() => {
                slips.push(slip("waiver-broken", key, Words::fixed("写了两次", "this is given twice")));
            }
            Some(number) => said.values[number] = Some(value),
            None => {
                let name = &text[key.clone()];
                let words = Words::new(format!("没有名为 `{name}` 的键"), format!("unknown key `{name}`"));
                let guess = nearest(name, KEYS).unwrap_or("reason expires approved_by");
                let help = Words::new(format!("可以写：{guess}"), format!("write: {guess}"));
                slips.push(Slip { help, ..slip("waiver-unknown-key", key, words) });
            }
        }
    }
    judge(text, &said, &mut slips);
    (said, slips)
}

/// What is missing or means nothing.
fn judge(text: &str, said: &Said, slips: &mut Vec<Slip>) {
    if said.rules.is_empty() {
        slips.push(slip("waiver-no-rule", 0..text.len(), Words::fixed("没有说哪条规则", "it names no rule")));
    }
    let mistaken = slips.iter().any(|slip| slip.code == "waiver-unknown-key");
    match &said.values[0] {
        None if mistaken => {}
        None => slips.push(slip("waiver-no-reason", 0..text.len(), Words::fixed("没有写理由", "it gives no reason"))),
        Some(reason) if is_reason(&text[reason.clone()]) => {}
        Some(reason) => {
            let shown = &text[reason.clone()];
            let words = Words::new(format!("`{shown}` 没有说出理由"), format!("`{shown}` says no reason"));
            let help = Words::fixed("写清为什么，谁同意的", "say why, and who agreed");
            slips.push(Slip { help, ..slip("waiver-no-reason", reason.clone(), words) });
        }
    }
    if let Some(day) = said.values[1].clone().filter(|day| last_day(&text[day.clone()], &Zone::default()).is_none()) {
        let shown = &text[day.clone()];
        let words = Words::new(format!("`{shown}` 不是日期"), format!("`{shown}` is not a date"));
        let help = Words::fixed("写成 2026-12-31，这一天还有效", "write 2026-12-31; it holds on that day, too");
        slips.push(Slip { help, ..slip("waiver-bad-date", day, words) });
    }
}

fn slip(code: &'static str, range: Range<usize>, words: Words) -> Slip {
    Slip { code, range, words, help: Words::default() }
}

/// The rules at the start; gives where the keys begin.
fn rules(text: &str, said: &mut Said) -> usize {
    let mut at = 0;
    while let Some(start) = text[at..].find(|c| !is_gap(c)).map(|skip| at + skip) {
        if key(text, start).1 > start {
            return start;
        }
        let end = text[start..].find(is_gap).map_or(text.len(), |length| start + length);
        said.rules.push(start..end);
        at = end;
    }
    text.len()
}

/// What stands between words.
fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | '；')
}

/// The key that stands at a place, and where its value begins; at the place itself when none does.
fn key(text: &str, start: usize) -> (Range<usize>, usize) {
    let rest = &text[start..];
    let length = rest.find(|c: char| !(c.is_ascii_alphabetic() || c == '_')).unwrap_or(rest.len());
    if length == 0 {
        return (start..start, start);
    }
    match rest[length..].trim_start().strip_prefix('=') {
        Some(value) => (start..start + length, text.len() - value.len()),
        None => (start..start, start),
    }
}

/// The value that begins at a place, without quotes, and where it ends.
fn value(text: &str, start: usize) -> (Range<usize>, usize) {
    let from = text.len() - text[start..].trim_start().len();
    let rest = &text[from..];
    for (open, close) in [('"', '"'), ('\'', '\''), ('“', '”'), ('「', '」')] {
        if let Some(inner) = rest.strip_prefix(open)
            && let Some(length) = inner.find(close)
        {
            let first = from + open.len_utf8();
            return (first..first + length, first + length + close.len_utf8());
        }
    }
    let is_end = |at: usize, c: char| {
        let begins_key = c.is_whitespace() && KEYS.contains(&&text[key(text, from + at + c.len_utf8()).0]);
        matches!(c, ';' | '；') || begins_key
    };
    let end = rest.char_indices().find(|(at, c)| is_end(*at, *c)).map_or(text.len(), |(at, _)| from + at);
    let value = text[from..end].trim_end().len();
    (from..from + value, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules, then the values in the order of `KEYS`; or the codes of the slips with what they blame.
    fn told(text: &str) -> Vec<String> {
        let (said, slips) = read(text);
        if !slips.is_empty() {
            return slips.iter().map(|slip| format!("{}|{}", slip.code, &text[slip.range.clone()])).collect();
        }
        let value = |range: &Option<Range<usize>>| range.as_ref().map_or("-", |range| &text[range.clone()]).to_owned();
        said.rules.iter().map(|range| text[range.clone()].to_owned()).chain(said.values.iter().map(value)).collect()
    }

    #[test]
    fn rules_a_reason_and_a_last_day_are_read() {
        for text in [
            "a,b/c reason=\"客户书面同意\" expires=2026-12-31",
            " a, b/c  reason=客户书面同意; expires=2026-12-31 ",
            "a b/c reason=客户书面同意 expires=2026-12-31",
            "a，b/c；expires=2026-12-31；reason=“客户书面同意”",
        ] {
            assert_eq!(told(text), ["a", "b/c", "客户书面同意", "2026-12-31", "-"], "{text}");
        }
        assert_eq!(
            told("a reason=agreed with = signs, all of them approved_by='QA'"),
            ["a", "agreed with = signs, all of them", "-", "QA"]
        );
    }

    #[test]
    fn what_is_wrong_is_blamed_at_its_place() {
        for (text, expected) in [
            ("", ["waiver-no-rule|", "waiver-no-reason|"].as_slice()),
            ("a", &["waiver-no-reason|a"]),
            ("reason=客户书面同意", &["waiver-no-rule|reason=客户书面同意"]),
            ("a reason=TODO", &["waiver-no-reason|TODO"]),
            ("a reason=\"\"", &["waiver-no-reason|"]),
            ("a reasn=客户书面同意", &["waiver-unknown-key|reasn"]),
            ("a reason=客户书面同意 expires=明年", &["waiver-bad-date|明年"]),
            ("a reason=\"客户书面同意\" expires=2026-02-30", &["waiver-bad-date|2026-02-30"]),
            ("a reason=\"客户书面同意\" reason=\"再说一次\"", &["waiver-broken|reason"]),
            ("a reason=\"客户书面同意\" 还有", &["waiver-broken|还有"]),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "([a-z=,;\"'“”、；加 \n]|reason=|expires=|2026-12-31){0,40}") {
            let (said, slips) = read(&text);
            proptest::prop_assert!(!slips.is_empty() || !said.rules.is_empty());
            for range in said.rules.into_iter().chain(said.values.into_iter().flatten()).chain(slips.into_iter().map(|slip| slip.range)) {
                proptest::prop_assert!(text.get(range).is_some());
            }
        }
    }
}
