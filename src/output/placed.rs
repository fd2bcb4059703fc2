//! Where something stands, as people find it: `plan.csv:3:12`, `plan.xlsx:计划!B7`.

use crate::output::shown::visible;
use crate::source::{Position, Source};
use crate::span::Span;
use crate::words::Lang;

/// Name and place.
pub(super) fn place(source: &Source, span: Span, lang: Lang) -> String {
    format!("{}:{}", visible(source.name()), inside(source, span, lang))
}

/// The place in its file.
pub(super) fn inside(source: &Source, span: Span, lang: Lang) -> String {
    label(source, span, lang).unwrap_or_else(|| {
        let Position { line, column } = source.position(span.range().start);
        format!("{line}:{column}")
    })
}

/// The place of a cell or a paragraph.
pub(super) fn label(source: &Source, span: Span, lang: Lang) -> Option<String> {
    source.label(span).map(|words| visible(words.say(lang)).into_owned())
}

/// The same before a message that tells a place only in lines.
pub(super) fn labelled(source: &Source, span: Span, lang: Lang) -> String {
    let colon = match lang {
        Lang::Zh => "：",
        Lang::En => ": ",
    };
    label(source, span, lang).map_or_else(String::new, |label| label + colon)
}

/// Name and place, with no more than the line of a file of lines.
pub(super) fn spot(source: &Source, span: Span, lang: Lang) -> String {
    let line = || source.position(span.range().start).line.to_string();
    format!("{}:{}", visible(source.name()), label(source, span, lang).unwrap_or_else(line))
}
