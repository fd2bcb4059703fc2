//! A large text that is not kept in memory: where its lines start, and the way back to its bytes.

use super::lines::Lines;
use super::positioned::Positioned;
use super::{Source, Span, covered};
use std::fs::File;
use std::io;
use std::sync::OnceLock;
use std::time::SystemTime;

/// A file of UTF-8 as it was when it was opened.
///
/// Somebody may write to it while it is checked. Bytes that are read again are trusted only while length and time of change are
/// the same; else they are given as blanks.
#[derive(Debug)]
pub(crate) struct OnDisk {
    file: Positioned,
    /// Bytes of the mark at its start.
    bom: usize,
    /// Bytes of its text.
    length: usize,
    modified: Option<SystemTime>,
    /// The text of the first piece that was read.
    head: OnceLock<String>,
    /// Where each line starts.
    lines: OnceLock<Lines>,
    whole: OnceLock<String>,
    /// Whether what is read from now on is covered.
    is_covered: bool,
}

impl OnDisk {
    /// A file that is not read yet.
    pub(super) fn open(file: File) -> io::Result<OnDisk> {
        let (metadata, file) = (file.metadata()?, Positioned::new(file));
        let mut start = [0; 3];
        let is_marked = file.fill(0, &mut start)? == 3 && &start == b"\xEF\xBB\xBF";
        let bom = if is_marked { 3 } else { 0 };
        Ok(OnDisk {
            file,
            bom,
            length: usize::try_from(metadata.len()).map_or(usize::MAX, |length| length - bom),
            modified: metadata.modified().ok(),
            head: OnceLock::new(),
            lines: OnceLock::new(),
            whole: OnceLock::new(),
            is_covered: false,
        })
    }

    /// Bytes of the mark at its start.
    pub(super) fn bom(&self) -> usize {
        self.bom
    }

    /// Bytes of its text.
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// Whether somebody has written to it since it was opened.
    pub(crate) fn is_changed(&self) -> bool {
        self.file.metadata().map_or(true, |now| now.len() != (self.bom + self.length) as u64 || now.modified().ok() != self.modified)
    }

    /// Reads the text from byte `at` on into a buffer, as far as there is text: gives the number of bytes.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn read(&self, at: usize, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(self.length.saturating_sub(at));
        self.file.fill(self.bom + at, &mut buffer[..wanted])
    }

    /// All of it as a source that holds its text.
    pub(super) fn decoded(&self, name: &str) -> io::Result<Source> {
        let size = self.bom + self.length;
        Source::read(name, &mut self.file.start(size), size)
    }

    /// The characters of a span, read again.
    pub(super) fn piece(&self, span: Span) -> String {
        let range = span.start as usize..(span.end as usize).min(self.length);
        self.unchanged(range.clone()).unwrap_or_else(|| " ".repeat(range.len()))
    }

    fn unchanged(&self, range: std::ops::Range<usize>) -> Option<String> {
        let mut bytes = vec![0; range.len()];
        let filled = self.read(range.start, &mut bytes).ok()?;
        let text = (filled == bytes.len() && !self.is_changed()).then(|| String::from_utf8(bytes).ok())??;
        Some(if self.is_covered { covered(&text) } else { text })
    }

    /// Covers the text, for all who read it from now on.
    pub(super) fn cover(&mut self) {
        self.is_covered = true;
        self.whole = OnceLock::new();
    }

    /// All of it, read when somebody first asks and kept from then on.
    pub(super) fn whole(&self) -> &str {
        self.whole.get_or_init(|| self.unchanged(0..self.length).unwrap_or_else(|| self.blank()))
    }

    /// As many lines as there were, with nothing on them.
    fn blank(&self) -> String {
        let mut blank = vec![b' '; self.length];
        for start in self.lines.get().into_iter().flat_map(Lines::starts) {
            if let Some(line_break) = start.checked_sub(1).and_then(|at| blank.get_mut(at as usize)) {
                *line_break = b'\n';
            }
        }
        String::from_utf8(blank).unwrap_or_default()
    }

    /// Keeps the first piece: what other pieces mean may depend on it.
    pub(crate) fn begin(&self, piece: &[u8]) {
        let head = std::str::from_utf8(piece).unwrap_or_default();
        _ = self.head.set(head.to_owned());
    }

    /// The text of the first piece.
    pub(super) fn head(&self) -> &str {
        self.head.get().map_or("", String::as_str)
    }

    /// Keeps where each line starts, the first one too.
    pub(crate) fn keep_lines(&self, lines: Lines) {
        _ = self.lines.set(lines);
    }

    /// The lines before byte `at`, and where its own line starts.
    pub(super) fn line_at(&self, at: usize) -> (usize, usize) {
        let lines = self.lines.get_or_init(|| {
            let breaks = memchr::memchr_iter(b'\n', self.whole().as_bytes());
            Lines::new(std::iter::once(0).chain(breaks.map(|at| at as u32 + 1)))
        });
        lines.at(at)
    }
}
