//! What keeps a hostile file from becoming gigabytes: the parquet crate believes what a file says of its own sizes.

use super::Trouble;
use bytes::buf::Reader;
use bytes::{Buf, Bytes};
use parquet::basic::Encoding;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result as Read};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::serialized_reader::SerializedPageReader;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Bytes a file may have.
const LARGEST: usize = super::super::LARGEST as usize;
/// Bytes that what it says of itself may have.
const FOOTER: usize = 16 << 20;
/// Columns and groups of columns it may have.
const ELEMENTS: u64 = 20_000;
/// Groups of columns inside each other.
const DEEP: usize = 64;
/// Bytes a page may unpack to: some writers make one page of a whole row group.
const PAGE: u64 = 160 << 20;
/// Bytes all pages may unpack to.
const PAGES: u64 = 4 << 30;
/// Bytes of a page whose values go on from the value before: each may be as long as the page, whatever it takes there.
const FRONT_CODED: usize = 2 << 20;

/// What a file says of itself.
pub(super) fn metadata(bytes: &Bytes) -> Result<ParquetMetaData, Trouble> {
    if bytes.len() > LARGEST {
        return Err(Trouble::TooLarge);
    }
    let tail = bytes.len().checked_sub(8).ok_or(Trouble::Broken)?;
    let length = [0, 1, 2, 3].map(|at| bytes[tail + at]);
    let length = u32::from_le_bytes(length) as usize;
    if !bytes.starts_with(b"PAR1") || !bytes.ends_with(b"PAR1") {
        return Err(Trouble::Broken);
    }
    let start = tail.checked_sub(length).ok_or(Trouble::Broken)?;
    if length > FOOTER {
        return Err(Trouble::TooLarge);
    }
    let footer = bytes.slice(start..tail);
    Thrift(&footer).file().ok_or(Trouble::Broken)?;
    survived(|| ParquetMetaDataReader::decode_metadata(&footer).ok()).ok_or(Trouble::Broken)
}

/// What the parquet crate gives; none where it panics, as it does on pages whose levels or dictionaries are cut off.
pub(super) fn survived<T>(read: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).ok().flatten()
}

/// Whether a column lies inside the file.
pub(super) fn chunk(chunk: &ColumnChunkMetaData, source: &Guarded) -> Result<(), Trouble> {
    let start = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
    let ends = [start, chunk.data_page_offset()].map(|from| from.checked_add(chunk.compressed_size()));
    let inside = |end: &Option<i64>| end.and_then(|end| u64::try_from(end).ok()).is_some_and(|end| end <= source.len());
    // The second may reach past the end by the dictionary that stands before it.
    let is_right = start >= 0 && chunk.data_page_offset() >= start && chunk.compressed_size() >= 0 && inside(&ends[0]) && ends[1].is_some();
    if is_right { Ok(()) } else { Err(Trouble::Broken) }
}

/// The bytes of a file, of which each page says how large it becomes before it does.
pub(super) struct Guarded {
    bytes: Bytes,
    left: AtomicU64,
    is_over: AtomicBool,
}

impl Guarded {
    /// A file.
    pub(super) fn new(bytes: Bytes) -> Guarded {
        Guarded { bytes, left: AtomicU64::new(PAGES), is_over: AtomicBool::new(false) }
    }

    /// Why reading has ended, when it has.
    pub(super) fn trouble(self: &Arc<Guarded>) -> impl Fn() -> Trouble + use<> {
        let this = Arc::clone(self);
        move || if this.is_over.load(Ordering::Relaxed) { Trouble::TooLarge } else { Trouble::Broken }
    }

    fn over(&self) -> ParquetError {
        self.is_over.store(true, Ordering::Relaxed);
        ParquetError::General("too large".to_owned())
    }
}

impl Length for Guarded {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }
}

impl ChunkReader for Guarded {
    type T = Reader<Bytes>;

    /// The header of a page begins here.
    fn get_read(&self, start: u64) -> Read<Self::T> {
        let broken = || ParquetError::General("no page".to_owned());
        let start = usize::try_from(start).ok().filter(|start| *start < self.bytes.len()).ok_or_else(broken)?;
        let rest = self.bytes.slice(start..);
        let size = Thrift(&rest).page_size().ok_or_else(broken)?;
        let left = self.left.load(Ordering::Relaxed);
        if size > PAGE || size > left {
            return Err(self.over());
        }
        self.left.store(left - size, Ordering::Relaxed);
        Ok(rest.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Read<Bytes> {
        let range = usize::try_from(start).ok().and_then(|start| Some(start..start.checked_add(length)?));
        let inside = range.filter(|range| range.end <= self.bytes.len());
        inside.map(|range| self.bytes.slice(range)).ok_or_else(|| ParquetError::General("cut off".to_owned()))
    }
}

/// The pages of a column.
pub(super) struct Pages {
    pages: SerializedPageReader<Guarded>,
    source: Arc<Guarded>,
}

impl Pages {
    /// Those that are read so.
    pub(super) fn new(pages: SerializedPageReader<Guarded>, source: &Arc<Guarded>) -> Pages {
        Pages { pages, source: Arc::clone(source) }
    }
}

impl Iterator for Pages {
    type Item = Read<Page>;

    fn next(&mut self) -> Option<Read<Page>> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Read<Option<Page>> {
        let page = self.pages.get_next_page()?;
        let is_long = |page: &Page| page.encoding() == Encoding::DELTA_BYTE_ARRAY && page.buffer().len() > FRONT_CODED;
        if page.as_ref().is_some_and(is_long) { Err(self.source.over()) } else { Ok(page) }
    }

    fn peek_next_page(&mut self) -> Read<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    /// Columns that are read hold one value a row, so a page begins with a row. To look at the next page would count it twice.
    fn at_record_boundary(&mut self) -> Read<bool> {
        Ok(true)
    }

    fn skip_next_page(&mut self) -> Read<()> {
        self.pages.skip_next_page()
    }
}

/// As much of the thrift compact protocol as tells sizes: the crate follows nested columns as deep as they go.
struct Thrift<'b>(&'b [u8]);

impl Thrift<'_> {
    /// The size to which the page with this header unpacks: its second field.
    fn page_size(&mut self) -> Option<u64> {
        const NEXT_I32: u8 = 0x15;
        if self.byte()? != NEXT_I32 {
            return None;
        }
        self.varint()?;
        if self.byte()? != NEXT_I32 {
            return None;
        }
        let size = self.varint()?;
        (size & 1 == 0).then_some(size >> 1)
    }

    /// Passes what a file says of its columns, if these are not too many nor too deep.
    fn file(&mut self) -> Option<()> {
        let mut id = 0;
        while let Some(kind) = self.field(&mut id)? {
            if id == 2 {
                return self.columns();
            }
            self.skip(kind, 0)?;
        }
        None
    }

    fn columns(&mut self) -> Option<()> {
        let (count, kind) = self.list()?;
        if kind != 12 || count > ELEMENTS {
            return None;
        }
        // How many are still to come in each group that is open.
        let mut open: Vec<u64> = Vec::new();
        for _ in 0..count {
            let (mut id, mut children) = (0, 0);
            while let Some(kind) = self.field(&mut id)? {
                if id == 5 && kind == 5 {
                    children = self.varint()? >> 1;
                } else {
                    self.skip(kind, 0)?;
                }
            }
            if let Some(last) = open.last_mut() {
                *last = last.saturating_sub(1);
            }
            open.push(children);
            if open.len() > DEEP {
                return None;
            }
            while open.last() == Some(&0) {
                open.pop();
            }
        }
        Some(())
    }

    /// The kind of the next field, and its number; none at the end of the struct.
    fn field(&mut self, id: &mut u64) -> Option<Option<u8>> {
        let head = self.byte()?;
        if head == 0 {
            return Some(None);
        }
        *id = match head >> 4 {
            0 => self.varint()? >> 1,
            more => *id + u64::from(more),
        };
        Some(Some(head & 0x0F))
    }

    fn list(&mut self) -> Option<(u64, u8)> {
        let head = self.byte()?;
        let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        Some((count, head & 0x0F))
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        match kind {
            1 | 2 => Some(()),
            3 => self.byte().map(drop),
            4..=6 => self.varint().map(drop),
            7 => self.bytes(8),
            8 => self.varint().and_then(|length| self.bytes(length)),
            9 | 10 => {
                let (count, kind) = self.list()?;
                (0..count).try_for_each(|_| if kind <= 2 { self.bytes(1) } else { self.deeper(kind, depth) })
            }
            12 => {
                let mut id = 0;
                while let Some(kind) = self.field(&mut id)? {
                    self.deeper(kind, depth)?;
                }
                Some(())
            }
            _ => None,
        }
    }

    fn deeper(&mut self, kind: u8, depth: usize) -> Option<()> {
        if depth < DEEP { self.skip(kind, depth + 1) } else { None }
    }

    fn bytes(&mut self, count: u64) -> Option<()> {
        self.0 = self.0.get(usize::try_from(count).ok()?..)?;
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        // The last byte of ten holds one bit.
        let byte = self.byte()?;
        (byte < 2).then_some(value | u64::from(byte) << 63)
    }
}
