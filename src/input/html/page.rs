//! A page, tag by tag: what is seen of it, what is not.

use super::seen::{Blanks, Seen, Written};
use crate::words::Words;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};
use std::convert::Infallible;

const HIDDEN: Words = Words::fixed("隐藏的文字", "hidden text");
const COMMENT: Words = Words::fixed("网页注释", "a comment of the page");
const BESIDE: Words = Words::fixed("图片或链接的说明", "a description of a picture or a link");

/// Elements that are lines of their own.
const BLOCKS: [&str; 36] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
];

/// Elements that nothing stands in.
const VOID: [&str; 13] = ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// Elements whose text is no text of the page.
const CODE: [&str; 8] = ["iframe", "noembed", "noframes", "noscript", "object", "script", "style", "svg"];

/// A page that was looked at.
#[derive(Default)]
pub(super) struct Page {
    /// What is seen of all of it, or of the article.
    text: Seen,
    title: Seen,
    og_title: Seen,
    /// What is not seen or stands beside, by place; why; whether it is told even where nothing is wrong with it.
    pub hidden: Vec<(Seen, Words, bool)>,
    /// The encoding it says it has.
    pub encoding: Option<String>,
    /// Whether it is an article of an Official Account.
    pub is_article: bool,
    /// Whether something is seen on the page beside the article.
    pub leaves_out: bool,
}

impl Page {
    /// Looks at a page.
    pub(super) fn of(text: &str) -> Page {
        let mut reader = Reader {
            text,
            page: Page::default(),
            beside: Seen::default(),
            open: Vec::new(),
            counts: HashMap::default(),
            tag: Tag::default(),
            hiding: None,
            attribute: String::new(),
        };
        let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, span: Span| -> Option<Infallible> {
            reader.event(event, span);
            None
        });
        emitter.naively_switch_states(true);
        let Ok(()) = Tokenizer::new_with_emitter(text, emitter).finish();
        reader.finish()
    }

    /// Title and text, those that are there.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&'static str, &Seen)> {
        let title = if self.og_title.is_blank() { &self.title } else { &self.og_title };
        [("title", title), ("text", &self.text)].into_iter().filter(|(_, seen)| !seen.is_blank())
    }
}

/// An element that is open.
struct Element {
    name: String,
    is_hidden: bool,
    is_code: bool,
    is_article: bool,
    blanks: Blanks,
}

/// A tag that is being read.
#[derive(Default)]
struct Tag {
    name: String,
    start: usize,
    is_hidden: bool,
    is_article: bool,
    /// What a `meta` is about, and what it says.
    about: String,
    content: Option<(String, Span)>,
}

struct Reader<'t> {
    text: &'t str,
    page: Page,
    /// What is seen outside of the article.
    beside: Seen,
    open: Vec<Element>,
    /// How many elements of a name are open.
    counts: HashMap<String, usize, FixedState>,
    tag: Tag,
    attribute: String,
    /// What is hidden, while the outermost hidden element is open.
    hiding: Option<(usize, Seen)>,
}

fn name(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).to_ascii_lowercase()
}

impl<'t> Reader<'t> {
    fn event(&mut self, event: CallbackEvent<'_>, span: Span) {
        match event {
            CallbackEvent::OpenStartTag { name: tag } => self.tag = Tag { name: name(tag), start: span.start, ..Tag::default() },
            CallbackEvent::AttributeName { name: attribute } => {
                self.attribute = name(attribute);
                self.tag.is_hidden |= self.attribute == "hidden";
            }
            CallbackEvent::AttributeValue { value } => self.attribute(&String::from_utf8_lossy(value), span),
            CallbackEvent::CloseStartTag { self_closing } => self.begin(self_closing),
            CallbackEvent::EndTag { name: tag } => self.end(&name(tag), span.start),
            CallbackEvent::String { value } => self.string(&String::from_utf8_lossy(value), span),
            CallbackEvent::Comment { value } => self.comment(&String::from_utf8_lossy(value), span),
            CallbackEvent::Doctype { .. } | CallbackEvent::Error(_) => {}
        }
    }

    fn attribute(&mut self, value: &str, span: Span) {
        match self.attribute.as_str() {
            "style" => self.tag.is_hidden |= hides(value),
            "id" => self.tag.is_article |= value == "js_content",
            "alt" | "title" => self.aside(value, span, BESIDE),
            "property" | "name" if self.tag.name == "meta" => self.tag.about = value.to_ascii_lowercase(),
            "content" if self.tag.name == "meta" => self.tag.content = Some((value.to_owned(), span)),
            "charset" if self.tag.name == "meta" => self.page.encoding = Some(value.trim().to_owned()),
            _ => {}
        }
    }

    /// Something that stands beside the text.
    fn aside(&mut self, value: &str, span: Span, why: Words) {
        let mut seen = Seen::default();
        if let Some(written) = self.written(value, span) {
            seen.string(&written, Blanks::Folded);
        }
        if !seen.is_blank() {
            self.page.hidden.push((seen, why, false));
        }
    }

    fn comment(&mut self, value: &str, span: Span) {
        let words = value.trim_start();
        if words.starts_with("presend:") || words.starts_with("[if") || words.starts_with("<![endif") {
            return;
        }
        // Its place is told with its signs, or without.
        let start = self.text[span.start.min(self.text.len())..].find(value).map(|at| span.start + at);
        if let Some(start) = start.filter(|start| *start <= span.start + 4) {
            self.aside(value, Span { start, end: start + value.len() }, COMMENT);
        }
    }

    fn begin(&mut self, self_closing: bool) {
        let tag = std::mem::take(&mut self.tag);
        if tag.name == "meta" {
            self.meta(&tag);
        }
        if BLOCKS.contains(&tag.name.as_str()) {
            self.seen().line(tag.start);
        }
        if VOID.contains(&tag.name.as_str()) || self_closing && is_drawn(&tag.name) {
            return;
        }
        let outer = self.open.last();
        let is_hidden = outer.is_some_and(|outer| outer.is_hidden) || (tag.is_hidden || tag.name == "template") && !tag.is_article;
        self.page.is_article |= tag.is_article;
        *self.counts.entry(tag.name.clone()).or_default() += 1;
        let element = Element {
            is_hidden,
            is_code: outer.is_some_and(|outer| outer.is_code) || CODE.contains(&tag.name.as_str()),
            is_article: outer.is_some_and(|outer| outer.is_article) || tag.is_article,
            blanks: if matches!(tag.name.as_str(), "pre" | "textarea") {
                Blanks::Kept
            } else {
                outer.map_or(Blanks::Folded, |outer| outer.blanks)
            },
            name: tag.name,
        };
        self.open.push(element);
        if is_hidden && self.hiding.is_none() {
            self.hiding = Some((self.open.len(), Seen::default()));
        }
    }

    fn meta(&mut self, tag: &Tag) {
        let Some((value, span)) = &tag.content else { return };
        if tag.about == "og:title" && self.page.og_title.is_blank() {
            if let Some(written) = self.written(value, *span) {
                self.page.og_title.string(&written, Blanks::Folded);
            }
        } else if let Some((_, charset)) = value.to_ascii_lowercase().split_once("charset=") {
            self.page.encoding.get_or_insert_with(|| charset.trim().to_owned());
        }
    }

    /// Ends the innermost element of a name, and those that were left open in it.
    fn end(&mut self, name: &str, at: usize) {
        if BLOCKS.contains(&name) {
            self.seen().line(at);
        }
        if self.counts.get(name).is_none_or(|count| *count == 0) {
            return;
        }
        while let Some(element) = self.open.pop() {
            if let Some(count) = self.counts.get_mut(&element.name) {
                *count -= 1;
            }
            if self.hiding.as_ref().is_some_and(|(depth, _)| *depth > self.open.len()) {
                self.reveal();
            }
            if element.name == name {
                break;
            }
        }
    }

    /// The outermost hidden element is over.
    fn reveal(&mut self) {
        if let Some((_, seen)) = self.hiding.take().filter(|(_, seen)| !seen.is_blank()) {
            self.page.hidden.push((seen, HIDDEN, true));
        }
    }

    fn string(&mut self, value: &str, span: Span) {
        let Some(written) = self.written(value, span) else { return };
        let Some(element) = self.open.last() else { return self.seen().string(&written, Blanks::Folded) };
        if element.is_code {
            return;
        }
        let blanks = element.blanks;
        if element.name == "title" && self.page.title.is_blank() {
            return self.page.title.string(&written, blanks);
        }
        self.seen().string(&written, blanks);
    }

    fn written<'a>(&self, value: &'a str, span: Span) -> Option<Written<'a>>
    where
        't: 'a,
    {
        Some(Written { raw: self.text.get(span.start..span.end)?, at: span.start, value })
    }

    /// Where text goes.
    fn seen(&mut self) -> &mut Seen {
        match (&mut self.hiding, self.open.last()) {
            (Some((_, seen)), _) => seen,
            (None, Some(element)) if element.is_article => &mut self.page.text,
            (None, _) => &mut self.beside,
        }
    }

    fn finish(mut self) -> Page {
        self.reveal();
        let mut page = self.page;
        if page.is_article {
            page.leaves_out = !self.beside.is_blank();
        } else {
            page.text = self.beside;
        }
        page.hidden.sort_by_key(|(seen, ..)| seen.span());
        page
    }
}

/// Whether a tag of this name may close itself.
fn is_drawn(name: &str) -> bool {
    matches!(name, "path" | "circle" | "rect" | "g" | "use" | "svg" | "mp-common-profile")
}

/// Whether a style hides what it is of.
fn hides(style: &str) -> bool {
    let plain: String = style.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    plain.split(';').any(|rule| {
        let rule = rule.strip_suffix("!important").unwrap_or(rule);
        matches!(
            rule,
            "display:none" | "visibility:hidden" | "visibility:collapse" | "opacity:0" | "font-size:0" | "font-size:0px" | "opacity:0.0"
        )
    })
}
