//! The few source lines a finding shows, cut and made fit to print, with labels under the words to blame.
//!
//! An excerpt is a small text of its own. Consecutive lines of one source stand together as a [`Run`]; the run with the
//! first mark comes first. A line wider than the terminal is cut around its labels, because a wrapped line would leave
//! the underline under other words.

use crate::finding::Place;
use crate::output::shown::{Cells, most_cells, visible};
use crate::report::Report;
use crate::source::{Source, SourceId};
use crate::span::Span;
use crate::words::Words;
use std::ops::Range;

/// Lines of one place that are shown; a longer place shows its beginning.
const LINES: usize = 3;

/// A place to underline, and why.
pub(super) struct Mark<'a> {
    /// Where.
    pub place: &'a Place,
    /// What to write under it.
    pub words: Option<String>,
}

/// Lines to print.
#[derive(Debug)]
pub(super) struct Excerpt {
    /// The lines, each with its line break.
    pub text: String,
    /// Which lines belong together.
    pub runs: Vec<Run>,
    /// By where they start.
    pub labels: Vec<Label>,
}

/// Consecutive lines of one source.
#[derive(Debug)]
pub(super) struct Run {
    /// The source's name.
    pub path: String,
    /// The cell or paragraph of its first mark, where it has such.
    pub label: Option<Words>,
    /// The number of the first line, from 1.
    pub line: usize,
    /// The lines in the excerpt's text.
    pub bytes: Range<usize>,
}

/// What is underlined in one line.
#[derive(Debug)]
pub(super) struct Label {
    /// In the excerpt's text.
    pub bytes: Range<usize>,
    /// The column in the source line, from 1.
    pub column: usize,
    /// What to write under it.
    pub words: Option<String>,
    /// Which mark it is of.
    pub mark: usize,
}

impl Excerpt {
    /// The lines of these marks, no line wider than `width` cells. A mark that overlaps an earlier one gets no label.
    pub(super) fn new(report: &Report, marks: Vec<Mark>, width: usize) -> Excerpt {
        let mut excerpt = Excerpt { text: String::new(), runs: Vec::new(), labels: Vec::new() };
        for run in runs(rows(report, pieces(report, marks), width)) {
            let start = excerpt.text.len();
            let (source, line) = (report.source(run[0].source), run[0].number);
            let label = first_place(&run).and_then(|place| source.label(place));
            for row in run {
                excerpt.push(source, row, width);
            }
            excerpt.runs.push(Run { path: visible(source.name()).into_owned(), label, line, bytes: start..excerpt.text.len() });
        }
        excerpt
    }

    /// Whether a mark has a label.
    pub(super) fn shows(&self, mark: usize) -> bool {
        self.labels.iter().any(|label| label.mark == mark)
    }

    fn push(&mut self, source: &Source, row: Row, width: usize) {
        let window = cut(source.text(), row.line.range(), row.hull(), width);
        let printed = Cells::of(&source.text()[window.clone()]);
        if window.start > row.line.range().start {
            self.text.push('…');
        }
        let base = self.text.len();
        for piece in row.pieces {
            let column = source.position(piece.range.start).column;
            let at = |byte: usize| base + printed.at(byte.clamp(window.start, window.end) - window.start);
            self.labels.push(Label { bytes: at(piece.range.start)..at(piece.range.end), column, words: piece.words, mark: piece.mark });
        }
        self.text.push_str(&printed.text);
        self.text.push_str(if window.end < row.line.range().end { "…\n" } else { "\n" });
    }
}

/// The part of a mark that lies in one line.
struct Piece {
    source: SourceId,
    number: usize,
    line: Span,
    range: Range<usize>,
    words: Option<String>,
    mark: usize,
    /// All of the mark.
    whole: Span,
}

/// A line, or a window of one, and what is underlined in it.
struct Row {
    source: SourceId,
    number: usize,
    line: Span,
    pieces: Vec<Piece>,
}

impl Row {
    /// From the first underlined byte to the last.
    fn hull(&self) -> Range<usize> {
        let ends = self.pieces.iter().map(|piece| piece.range.end).max();
        self.pieces[0].range.start..ends.unwrap_or_default()
    }
}

/// What to underline, those of the first mark's source first, by place.
fn pieces(report: &Report, marks: Vec<Mark>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let first = marks.first().map(|mark| mark.place.source);
    for (mark, Mark { place, mut words }) in marks.into_iter().enumerate() {
        let source = report.source(place.source);
        let ranges = in_lines(source, place.span);
        for (line, range) in ranges {
            let number = source.position(line.range().start).line;
            let taken = |piece: &Piece| piece.source == place.source && overlap(&piece.range, &range);
            if !pieces.iter().any(taken) {
                pieces.push(Piece { source: place.source, number, line, range, words: words.take(), mark, whole: place.span });
            }
        }
    }
    pieces.sort_by_key(|piece| (Some(piece.source) != first, piece.source, piece.range.start));
    pieces
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start == b.start || a.start < b.end && b.start < a.end
}

/// The lines a span touches, the first few, and what it covers of each.
fn in_lines(source: &Source, span: Span) -> Vec<(Span, Range<usize>)> {
    let text = source.text();
    let (mut at, end) = (floor(text, span.range().start), floor(text, span.range().end));
    let mut found = Vec::new();
    while found.len() < LINES {
        let line = source.line_span(at);
        let start = at.min(line.range().end);
        found.push((line, start..end.clamp(start, line.range().end.max(start))));
        let next = text[line.range().end..].find('\n').map(|feed| line.range().end + feed + 1);
        match next {
            Some(next) if next < end => at = next,
            Some(_) | None => break,
        }
    }
    found
}

/// The last boundary of a character at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Pieces of one line in one row, as far as the line's window can show them together.
fn rows(report: &Report, pieces: Vec<Piece>, width: usize) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for piece in pieces {
        let text = report.source(piece.source).text();
        match rows.last_mut() {
            Some(row) if (row.source, row.line) == (piece.source, piece.line) && fits(&text[row.hull().start..piece.range.end], width) => {
                row.pieces.push(piece);
            }
            Some(_) | None => rows.push(Row { source: piece.source, number: piece.number, line: piece.line, pieces: vec![piece] }),
        }
    }
    rows
}

/// The place of the first mark of a run.
fn first_place(run: &[Row]) -> Option<Span> {
    let first = run.iter().flat_map(|row| &row.pieces).min_by_key(|piece| (piece.mark, piece.range.start))?;
    Some(first.whole)
}

fn fits(text: &str, width: usize) -> bool {
    take(text.chars(), &mut { width }) == text.len()
}

/// Rows of consecutive lines together; the first mark's first.
fn runs(rows: Vec<Row>) -> Vec<Vec<Row>> {
    let mut runs: Vec<Vec<Row>> = Vec::new();
    for row in rows {
        let follows = |run: &&mut Vec<Row>| {
            run.last().is_some_and(|last| {
                (last.source, last.number + 1) == (row.source, row.number) && row.line.start.saturating_sub(last.line.end) <= 2
            })
        };
        match runs.last_mut().filter(follows) {
            Some(run) => run.push(row),
            None => runs.push(vec![row]),
        }
    }
    runs.sort_by_key(|run| !run.iter().flat_map(|row| &row.pieces).any(|piece| piece.mark == 0));
    runs
}

/// The window of a line that has room for `width` cells and shows as much of `hull` as fits, with some of both sides.
fn cut(text: &str, line: Range<usize>, hull: Range<usize>, width: usize) -> Range<usize> {
    let mut left = width;
    let mut end = hull.start + take(text[hull.clone()].chars(), &mut left);
    let mut half = left / 2;
    left -= half;
    let mut start = hull.start - take(text[line.start..hull.start].chars().rev(), &mut half);
    left += half;
    end += take(text[end..line.end].chars(), &mut left);
    start -= take(text[line.start..start].chars().rev(), &mut left);
    start..end
}

/// Bytes of the characters that fit in `left` cells, which become fewer.
fn take(chars: impl Iterator<Item = char>, left: &mut usize) -> usize {
    let mut bytes = 0;
    for c in chars {
        let Some(rest) = left.checked_sub(most_cells(c)) else { break };
        *left = rest;
        bytes += c.len_utf8();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Zone;

    fn excerpt(text: &str, words: &[&str], width: usize) -> Excerpt {
        let source = Source::new("a.txt", text);
        let place = |word: &&str| {
            let at = source.text().find(*word).expect("a word of the text");
            Place::at(SourceId(0), Span::new(at..at + word.len()))
        };
        let places: Vec<Place> = words.iter().map(place).collect();
        let marks = places.iter().zip(words).map(|(place, word)| Mark { place, words: Some(word.to_string()) }).collect();
        Excerpt::new(&Report::new(Vec::new(), vec![source], 0, Zone::default()), marks, width)
    }

    fn underlined(excerpt: &Excerpt) -> Vec<(&str, usize)> {
        excerpt.labels.iter().map(|label| (&excerpt.text[label.bytes.clone()], label.column)).collect()
    }

    #[test]
    fn a_long_line_is_cut_around_the_words() {
        let long = format!("{}加微信{}", "前".repeat(20_000), "后".repeat(20_000));
        let excerpt = excerpt(&long, &["加微信"], 20);
        assert_eq!(excerpt.text, "…前前前加微信后后后后…\n");
        assert_eq!(underlined(&excerpt), [("加微信", 20_001)]);
    }

    #[test]
    fn words_wider_than_the_window_show_their_beginning() {
        let excerpt = excerpt(&"很长".repeat(100), &[&"很长".repeat(100)], 20);
        assert_eq!(excerpt.text, "很长很长很长很长很长…\n");
        assert_eq!(underlined(&excerpt)[0].0, "很长很长很长很长很长");
    }

    #[test]
    fn the_first_mark_comes_first_and_neighbours_stand_together() {
        let excerpt = excerpt("一\n二\n三\n四\n五", &["四", "一", "三"], 80);
        assert_eq!(excerpt.text, "三\n四\n一\n");
        assert_eq!(excerpt.runs.iter().map(|run| (run.line, run.bytes.clone())).collect::<Vec<_>>(), [(3, 0..8), (1, 8..12)]);
    }

    #[test]
    fn far_words_of_one_line_get_windows_of_their_own() {
        let line = format!("首{}尾", "中".repeat(500));
        let excerpt = excerpt(&line, &["尾", "首"], 10);
        assert_eq!(excerpt.text, "…中中中中尾\n首中中中中…\n");
        assert_eq!(excerpt.runs.len(), 2);
    }

    #[test]
    fn a_place_over_lines_is_underlined_in_each_and_overlaps_are_left_out() {
        let excerpt = excerpt("甲加\r\n\r\n微信乙\n", &["加\r\n\r\n微信", "微信"], 80);
        assert_eq!(excerpt.text, "甲加\n\n微信乙\n");
        assert_eq!(underlined(&excerpt), [("加", 2), ("", 1), ("微信", 1)]);
        assert!(excerpt.shows(0) && !excerpt.shows(1));
    }

    #[test]
    fn places_outside_the_text_do_no_harm() {
        for (text, range) in [("", 0..0), ("加\n", 4..4), ("加", 1..2), ("加", 7..9), ("a\n", 1..2)] {
            let report = Report::new(Vec::new(), vec![Source::new("a", text)], 0, Zone::default());
            let place = Place::at(SourceId(0), Span::new(range));
            let excerpt = Excerpt::new(&report, vec![Mark { place: &place, words: None }], 80);
            assert_eq!(excerpt.labels.len(), 1, "{text:?}");
            assert!(excerpt.text.ends_with('\n'));
        }
    }
}
