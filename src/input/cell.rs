//! One value of a record, as readers hand it over.

use crate::record::Pieces;
use crate::span::Span;

/// A field of this file, once looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FieldRef(pub(super) u16);

/// A field that no rule reads.
pub(crate) const UNREAD: FieldRef = FieldRef(u16::MAX);

/// What a cell says.
#[derive(Clone, Debug)]
pub(crate) enum Content<'t> {
    /// What stands in the source.
    Plain(&'t str),
    /// Something that had to be unescaped.
    Unescaped(Box<(String, Pieces)>),
}

/// One value of a record.
#[derive(Clone, Debug)]
pub(crate) struct Cell<'t> {
    /// Its field.
    pub field: FieldRef,
    /// Its bytes, without quotes.
    pub span: Span,
    /// What it says.
    pub content: Content<'t>,
}

impl<'t> Cell<'t> {
    /// A cell that says what stands in `text`, where `span` is.
    pub(crate) fn plain(field: FieldRef, span: Span, text: &'t str) -> Cell<'t> {
        Cell { field, span, content: Content::Plain(text.get(span.range()).unwrap_or_default()) }
    }

    /// A cell with escapes undone.
    pub(crate) fn unescaped(field: FieldRef, span: Span, text: String, pieces: Pieces) -> Cell<'t> {
        Cell { field, span, content: Content::Unescaped(Box::new((text, pieces))) }
    }

    /// What it says.
    pub(super) fn text(&self) -> &str {
        match &self.content {
            Content::Plain(text) => text,
            Content::Unescaped(text) => &text.0,
        }
    }
}
