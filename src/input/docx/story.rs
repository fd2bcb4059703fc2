//! One text of a Word document, paragraph by paragraph: what is seen, and what is not.

use super::super::archive::{Step, Tag, Trouble, Xml};
use super::Lines;

/// Paragraphs that may stand in one another: text boxes in text boxes.
const DEEPEST: usize = 64;

/// A text that is being read.
pub(super) struct Story<'a> {
    /// Paragraphs that are seen; those without any text are not counted.
    pub lines: Lines,
    /// The same in text boxes.
    pub boxed: Lines,
    /// Hidden text, each stretch with the number of its paragraph.
    pub vanished: Lines,
    /// Text that a revision took away.
    pub deleted: Lines,
    /// Styles whose text is hidden.
    styles: &'a [String],
    /// Paragraphs that are not at their end.
    open: Vec<Paragraph>,
    /// Elements around what is read: deletions, copies of what was read already, properties of paragraphs.
    removed: usize,
    copied: usize,
    properties: usize,
    /// Whether the run is hidden, or is between its properties, or is in a text.
    run: Run,
    /// Bytes that may still come.
    left: usize,
}

#[derive(Default)]
struct Paragraph {
    text: String,
    vanished: String,
    deleted: String,
    /// Whether its style is hidden.
    is_hidden: bool,
}

#[derive(Default)]
struct Run {
    is_hidden: bool,
    in_properties: bool,
    in_text: bool,
}

impl<'a> Story<'a> {
    /// Nothing read yet; it may come to so many bytes.
    pub(super) fn new(styles: &'a [String], left: usize) -> Story<'a> {
        Story {
            lines: Vec::new(),
            boxed: Vec::new(),
            vanished: Vec::new(),
            deleted: Vec::new(),
            styles,
            open: Vec::new(),
            removed: 0,
            copied: 0,
            properties: 0,
            run: Run::default(),
            left,
        }
    }

    /// Reads an XML file whose first element has this name, if that matters.
    pub(super) fn read(&mut self, mut xml: Xml<'_>, root: &[u8]) -> Result<(), Trouble> {
        let mut is_begun = root.is_empty();
        loop {
            match xml.next()? {
                Step::Start(tag) if !is_begun => {
                    if tag.name() != root {
                        return Err(Trouble::OtherKind);
                    }
                    is_begun = true;
                }
                Step::Start(tag) => self.start(&tag)?,
                Step::End(tag) => self.end(tag.name()),
                Step::Text(text) if self.run.in_text => self.push(&text)?,
                Step::Text(_) | Step::Other => {}
                Step::Done if is_begun => return if self.open.is_empty() { Ok(()) } else { Err(Trouble::Broken) },
                Step::Done => return Err(Trouble::OtherKind),
            }
        }
    }

    fn start(&mut self, tag: &Tag<'_>) -> Result<(), Trouble> {
        match tag.name() {
            b"Fallback" => self.copied += 1,
            _ if self.copied > 0 => {}
            b"p" if self.open.len() < DEEPEST => self.open.push(Paragraph::default()),
            b"p" => return Err(Trouble::TooLarge),
            b"del" | b"moveFrom" if self.properties == 0 && !self.run.in_properties => self.removed += 1,
            b"pPr" => self.properties += 1,
            b"r" => self.run = Run { is_hidden: self.open.last().is_some_and(|paragraph| paragraph.is_hidden), ..Run::default() },
            b"rPr" => self.run.in_properties = self.properties == 0,
            b"vanish" | b"specVanish" if self.run.in_properties => self.run.is_hidden = is_set(tag),
            b"rStyle" if self.run.in_properties => self.run.is_hidden |= self.is_hidden(tag),
            b"pStyle" => {
                let is_hidden = self.is_hidden(tag);
                self.open.iter_mut().next_back().into_iter().for_each(|paragraph| paragraph.is_hidden = is_hidden);
            }
            b"t" | b"delText" => self.run.in_text = true,
            b"tab" if self.properties == 0 => self.push("\t")?,
            b"br" | b"cr" => self.push("\n")?,
            b"noBreakHyphen" => self.push("-")?,
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &[u8]) {
        match name {
            b"Fallback" => self.copied = self.copied.saturating_sub(1),
            _ if self.copied > 0 => {}
            b"p" => self.close(),
            b"del" | b"moveFrom" if self.properties == 0 && !self.run.in_properties => self.removed = self.removed.saturating_sub(1),
            b"pPr" => self.properties = self.properties.saturating_sub(1),
            b"rPr" => self.run.in_properties = false,
            b"t" | b"delText" => self.run.in_text = false,
            b"r" => self.run = Run::default(),
            _ => {}
        }
    }

    fn is_hidden(&self, tag: &Tag<'_>) -> bool {
        tag.attr("val").is_some_and(|style| self.styles.contains(&style))
    }

    fn push(&mut self, text: &str) -> Result<(), Trouble> {
        self.left = self.left.checked_sub(text.len()).ok_or(Trouble::TooLarge)?;
        let Some(paragraph) = self.open.last_mut().filter(|_| self.copied == 0) else { return Ok(()) };
        let into = match (self.removed > 0, self.run.is_hidden) {
            (true, _) => &mut paragraph.deleted,
            (false, true) => &mut paragraph.vanished,
            (false, false) => &mut paragraph.text,
        };
        into.push_str(text);
        Ok(())
    }

    /// Ends the innermost paragraph.
    fn close(&mut self) {
        let Some(Paragraph { text, vanished, deleted, .. }) = self.open.pop() else { return };
        let lines = if self.open.is_empty() { &mut self.lines } else { &mut self.boxed };
        let number = lines.len() as u32 + 1;
        let put = |lines: &mut Lines, text: String| {
            if !text.trim().is_empty() {
                lines.push((number, text));
            }
        };
        put(lines, text);
        put(&mut self.vanished, vanished);
        put(&mut self.deleted, deleted);
        self.run = Run::default();
    }
}

/// Whether a property without a value, or with one that says yes, is there.
fn is_set(tag: &Tag<'_>) -> bool {
    tag.attr("val").is_none() || tag.is_on("val")
}

/// The styles whose text is hidden.
pub(super) fn hidden_styles(mut xml: Xml<'_>) -> Result<Vec<String>, Trouble> {
    let (mut styles, mut style) = (Vec::new(), String::new());
    loop {
        match xml.next()? {
            Step::Start(tag) if tag.name() == b"style" => style = tag.attr("styleId").unwrap_or_default(),
            Step::Start(tag) if tag.name() == b"vanish" && is_set(&tag) && !style.is_empty() => styles.push(style.clone()),
            Step::End(tag) if tag.name() == b"style" => style.clear(),
            Step::Done => return Ok(styles),
            _ => {}
        }
    }
}
