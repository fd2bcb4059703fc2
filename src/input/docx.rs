//! `.docx`: one draft, with what Word keeps beside it: text boxes, notes, headers; and what nobody sees: hidden text, deletions, comments.
//!
//! The text that is made of it has a line for each paragraph. What is seen comes first and is one draft; each sort of what is hidden is
//! a draft of its own, so that it neither parts the words around it nor joins them.

mod story;

use super::archive::{Archive, Trouble};
use super::intake::Intake;
use super::relations::{main, of_part};
use super::{Field, Fields, Format, Reading, comment};
use crate::source::{Assembly, Fault, Group, Source};
use crate::span::Span;
use crate::words::Words;
use story::{Story, hidden_styles};

/// Drafts as people pass them round.
pub(super) const FORMAT: Format = Format {
    name: "docx",
    extensions: &["docx", "docm"],
    about: Words::fixed("一个 Word 文档一篇文案", "one draft a document"),
    claims: |source| source.name().rsplit('/').next().is_some_and(|file| !file.starts_with("~$")),
    reading: Reading::Made { make, read },
    open,
};

/// Bytes the texts of a document may come to.
const BYTES: usize = 64 << 20;

/// What stands beside the body and is seen, by kind of relation.
const BESIDE: [(&str, Words); 4] = [
    ("footnotes", Words::fixed("脚注", "footnote")),
    ("endnotes", Words::fixed("尾注", "endnote")),
    ("header", Words::fixed("页眉", "header")),
    ("footer", Words::fixed("页脚", "footer")),
];

const BODY: Words = Words::fixed("", "");
const BOX: Words = Words::fixed("文本框", "text box");
const VANISHED: Words = Words::fixed("隐藏文字", "hidden text");
const DELETED: Words = Words::fixed("修订中删去的文字", "deleted text");
const COMMENT: Words = Words::fixed("批注", "comment");

/// Paragraphs of one sort, each with its number.
type Lines = Vec<(u32, String)>;

fn make(name: &str, bytes: Vec<u8>) -> Source {
    let mut groups = Groups::default();
    let ended = groups.fill(bytes);
    let mut text = Assembly::new();
    let Groups { seen, hidden, has_macros } = groups;
    for (words, lines) in seen {
        put(&mut text, words, lines);
    }
    for (words, lines) in hidden {
        if let Some(first) = put(&mut text, words.clone(), lines) {
            let whole = Span::new(first.start as usize..text.len());
            text.hide(whole, words);
        }
    }
    if has_macros {
        let words = Words::fixed("文档里有宏；宏没有运行，也没有检查", "the document has macros; they are neither run nor checked");
        text.fault(Fault { code: "input-unread", fails: false, span: Span::default(), words, help: Words::default() });
    }
    if let Err(trouble) = ended {
        let end = text.len();
        text.fault(trouble.fault(Span::new(end..end)));
    }
    text.finish(name)
}

/// Puts lines into the text; gives the first.
fn put(text: &mut Assembly, name: Words, lines: Lines) -> Option<Span> {
    let mut first = None;
    if !lines.is_empty() {
        text.group(Group::Paragraphs(name));
    }
    let mut place = (0, 0);
    for (row, line) in lines {
        place = if place.0 == row { (row, place.1 + 1) } else { (row, 0) };
        let span = text.part(row, place.1, &line);
        first = first.or(Some(span));
    }
    first
}

/// What a document says, by sort.
#[derive(Default)]
struct Groups {
    seen: Vec<(Words, Lines)>,
    hidden: Vec<(Words, Lines)>,
    has_macros: bool,
}

impl Groups {
    fn fill(&mut self, bytes: Vec<u8>) -> Result<(), Trouble> {
        let mut archive = Archive::open(bytes)?;
        self.has_macros = archive.names().iter().any(|name| name.to_ascii_lowercase().contains("vbaproject.bin"));
        let path = main(&mut archive, "word/document.xml")?;
        let relations = of_part(&mut archive, &path)?;
        let styles = match relations.iter().find(|relation| relation.kind == "styles") {
            Some(relation) => archive.xml(&relation.target)?.map(hidden_styles).transpose()?.unwrap_or_default(),
            None => Vec::new(),
        };
        let mut story = Story::new(&styles, BYTES);
        let ended = match archive.xml(&path)? {
            Some(xml) => story.read(xml, b"document"),
            None => Err(Trouble::OtherKind),
        };
        self.add(BODY, story);
        ended?;
        for (kind, words) in BESIDE {
            for relation in relations.iter().filter(|relation| relation.kind == kind) {
                let mut story = Story::new(&styles, BYTES);
                let ended = archive.xml(&relation.target)?.map_or(Ok(()), |xml| story.read(xml, b""));
                self.add(words.clone(), story);
                ended?;
            }
        }
        for relation in relations.iter().filter(|relation| relation.kind == "comments") {
            let mut story = Story::new(&styles, BYTES);
            let ended = archive.xml(&relation.target)?.map_or(Ok(()), |xml| story.read(xml, b""));
            let Story { lines, boxed, vanished, deleted, .. } = story;
            self.hidden.push((
                COMMENT,
                [lines, boxed, vanished, deleted].into_iter().flatten().zip(1..).map(|((_, line), row)| (row, line)).collect(),
            ));
            ended?;
        }
        Ok(())
    }

    fn add(&mut self, name: Words, story: Story<'_>) {
        let Story { lines, boxed, vanished, deleted, .. } = story;
        self.seen.push((name, lines));
        self.seen.push((BOX, boxed));
        self.hidden.push((VANISHED, vanished));
        self.hidden.push((DELETED, deleted));
    }
}

/// The drafts: all that is seen, then each stretch that is not.
fn drafts(source: &Source) -> Vec<Span> {
    let end = source.text().len();
    let hidden: Vec<Span> = source.all_hidden().iter().map(|hidden| hidden.span).collect();
    let seen = hidden.first().map_or(end, |first| (first.start as usize).saturating_sub(1));
    let seen = Span::new(0..seen);
    std::iter::once(seen).chain(hidden).filter(|span| !source.slice(*span).trim().is_empty()).collect()
}

fn read(intake: &mut Intake<'_>) {
    let source = intake.source;
    for draft in drafts(source) {
        let field = intake.field("text", draft);
        intake.record(draft, &[comment::cell(source, field, draft)]);
        comment::take(intake, draft);
    }
}

/// The one field of each draft.
struct Opened<'s>(&'s Source);

fn open(source: &Source) -> Box<dyn Fields + '_> {
    Box::new(Opened(source))
}

impl Fields for Opened<'_> {
    fn of(&self, record: Span) -> Vec<Field> {
        vec![Field { name: "text".to_owned(), value: self.0.slice(record).to_owned(), span: record }]
    }
}
