//! `<!-- presend: ignore … -->` in the text of a draft: what may be broken, and no part of the text.
//!
//! In a line with other words it covers that line; alone on its line, the paragraph below; `ignore-draft` covers all of the draft.

use super::cell::{Cell, FieldRef};
use super::intake::Intake;
use super::lines::Lines;
use super::permit::{self, Written};
use crate::collection::Row;
use crate::record::Pieces;
use crate::source::Source;
use crate::span::Span;
use crate::words::{Words, nearest};
use std::ops::Range;

/// What a comment can ask.
const VERBS: [&str; 2] = ["ignore", "ignore-draft"];

/// A comment for presend.
struct Comment {
    /// From `<!--` to `-->`.
    whole: Range<usize>,
    /// What stands between `presend:` and `-->`; none when the comment has no end.
    said: Option<Range<usize>>,
}

/// The text of a draft without its comments.
pub(super) fn cell(source: &Source, field: FieldRef, body: Span) -> Cell<'_> {
    let text = source.slice(body);
    let comments = comments(text);
    if comments.iter().all(|comment| comment.said.is_none()) {
        return Cell::plain(field, body, source.text());
    }
    let lines = Lines::of(text);
    let (mut kept, mut pieces, mut at) = (String::new(), Pieces::default(), 0);
    let start = body.start as usize;
    pieces.push(0, start);
    for comment in comments.iter().filter(|comment| comment.said.is_some()) {
        let gone = if lines.is_alone(&comment.whole) { lines.whole(&comment.whole) } else { comment.whole.clone() };
        let gone = gone.start.max(at)..gone.end;
        kept.push_str(&text[at..gone.start]);
        pieces.gap(kept.len(), start + gone.start, start + gone.end);
        at = gone.end;
    }
    kept.push_str(&text[at..]);
    Cell::unescaped(field, body, kept, pieces)
}

/// Takes what the comments of a draft say; the draft is the newest record.
pub(super) fn take(intake: &mut Intake<'_>, body: Span) {
    let source = intake.source;
    let (text, start) = (source.slice(body), body.start as usize);
    let row = Row::Record((intake.records.len() as u32).saturating_sub(1));
    let comments = comments(text);
    let covers = covered(text, &comments);
    for (comment, covered) in comments.into_iter().zip(covers) {
        let place = |range: Range<usize>| Span::new(range).shifted(start);
        let Some(said) = comment.said else {
            let words = Words::fixed("注释没有结束，缺少 `-->`", "the comment has no end: `-->` is missing");
            intake.problem("waiver-broken", place(comment.whole), words);
            continue;
        };
        let words = &text[said.clone()];
        let length = words.find(char::is_whitespace).unwrap_or(words.len());
        let (verb, rest) = words.split_at(length);
        let lines = match verb {
            "ignore" => Some(place(covered)),
            "ignore-draft" => None,
            _ => {
                let words = Words::new(format!("看不懂 `{verb}`"), format!("`{verb}` cannot be understood"));
                let guess = nearest(verb, VERBS).unwrap_or("ignore");
                let help = Words::new(format!("写 `presend: {guess} …`"), format!("write `presend: {guess} …`"));
                let span = place(said.start..said.start + length.max(1).min(said.len()));
                intake.problems.push(crate::problem::Problem::error("waiver-broken", intake.id, span, words).with_help(help));
                continue;
            }
        };
        let first = said.start + length + (rest.len() - rest.trim_start().len());
        let inside = |range: Range<usize>| place(first + range.start..first + range.end);
        permit::take(intake, row, &Written { text: rest.trim(), place: &inside, lines });
    }
}

fn comments(text: &str) -> Vec<Comment> {
    let mut comments: Vec<Comment> = Vec::new();
    let last_end = std::cell::LazyCell::new(|| memchr::memmem::rfind(text.as_bytes(), b"-->").unwrap_or(0));
    for at in memchr::memmem::find_iter(text.as_bytes(), "<!--") {
        let inside = text[at + 4..].trim_start();
        let Some(said) = inside.strip_prefix("presend:").filter(|_| comments.last().is_none_or(|last| last.whole.end <= at)) else {
            continue;
        };
        let start = text.len() - said.trim_start().len();
        let end = if start <= *last_end { text[start..].find("-->").map(|length| start + length) } else { None };
        comments.push(match end {
            Some(end) => Comment { whole: at..end + 3, said: Some(start..start + text[start..end].trim_end().len()) },
            None => Comment { whole: at..at + 4, said: None },
        });
    }
    comments
}

/// What each comment covers: its line, or the paragraph below.
fn covered(text: &str, comments: &[Comment]) -> Vec<Range<usize>> {
    let lines = if comments.is_empty() { return Vec::new() } else { Lines::of(text) };
    let mut covers: Vec<Range<usize>> = Vec::new();
    // From the last to the first: comments in a row cover what the last of them covers.
    let mut below: Option<Range<usize>> = None;
    for comment in comments.iter().rev() {
        let own = lines.whole(&comment.whole);
        if !lines.is_alone(&comment.whole) {
            covers.push(own);
            below = None;
            continue;
        }
        let paragraph = lines.paragraph(own.end);
        let next = covers.last().filter(|_| below.as_ref().is_some_and(|next| next.start == paragraph.start)).cloned();
        covers.push(next.unwrap_or(paragraph));
        below = comment.said.is_some().then_some(own);
    }
    covers.reverse();
    covers
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "<!-- presend: ignore a reason=\"客户书面同意\" -->";

    /// What is left of a text, and what each comment covers.
    fn read(text: &str) -> (String, Vec<&str>) {
        let source = Source::new("a.md", text);
        let left = match cell(&source, super::super::cell::UNREAD, Span::new(0..text.len())).content {
            super::super::cell::Content::Plain(_) => text.to_owned(),
            super::super::cell::Content::Unescaped(left) => left.0,
        };
        (left, covered(text, &comments(text)).into_iter().map(|range| &text[range]).collect())
    }

    #[test]
    fn a_comment_covers_its_line_or_the_paragraph_below() {
        for (text, left, covers) in [
            (format!("一\n二{A}\n三\n"), "一\n二\n三\n", vec![format!("二{A}\n")]),
            (format!("一\n{A}\n二\n三\n\n四"), "一\n二\n三\n\n四", vec!["二\n三\n".to_owned()]),
            (format!("{A}\r\n\r\n二\r\n\r\n三"), "\r\n二\r\n\r\n三", vec!["二\r\n".to_owned()]),
            (format!("  {A}  \n{A}\n二"), "二", vec!["二".to_owned(), "二".to_owned()]),
            (format!("一\n{A}"), "一\n", vec![String::new()]),
            (format!("加{A}微{A}信"), "加微信", vec![format!("加{A}微{A}信"); 2]),
            (
                "<!-- 别的注释 --><!--presend:ignore-->一".to_owned(),
                "<!-- 别的注释 -->一",
                vec!["<!-- 别的注释 --><!--presend:ignore-->一".to_owned()],
            ),
            ("一<!-- presend: ignore a".to_owned(), "一<!-- presend: ignore a", vec!["一<!-- presend: ignore a".to_owned()]),
        ] {
            assert_eq!(read(&text), (left.to_owned(), covers.iter().map(String::as_str).collect()), "{text}");
        }
    }

    #[test]
    fn what_is_left_leads_back_to_its_bytes() {
        let text = format!("加我\n{A}\n微信{A}领\n");
        let source = Source::new("a.md", text.clone());
        let cell = cell(&source, super::super::cell::UNREAD, Span::new(0..text.len()));
        let super::super::cell::Content::Unescaped(left) = cell.content else { panic!("comments are gone") };
        let (left, pieces) = *left;
        for word in ["加我", "我", "微信", "信", "领"] {
            let at = left.find(word).expect("there");
            assert_eq!(source.slice(pieces.source_span(at..at + word.len())), word);
        }
        let all = left.find("信领").expect("there");
        assert_eq!(source.slice(pieces.source_span(all..all + 6)), format!("信{A}领"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(<!--|-->|presend:|ignore| |\n|\r\n|加|a reason=客户){0,30}") {
            let (left, covers) = read(&text);
            proptest::prop_assert!(left.len() <= text.len());
            proptest::prop_assert!(covers.len() <= text.matches("<!--").count());
        }
    }
}
