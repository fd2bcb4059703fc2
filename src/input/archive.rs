//! The XML files in a zip archive, which is what workbooks and documents are: each is read to a limit, as a stream.
//!
//! Nothing is unpacked whole, nothing is fetched, no entity but those of XML itself is resolved: a document type, with which a few
//! lines become gigabytes, is refused.

use crate::source::Fault;
use crate::span::Span;
use crate::words::Words;
use quick_xml::Reader;
use quick_xml::encoding::EncodingError;
use quick_xml::events::{BytesEnd, BytesRef, BytesStart, Event};
use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, BufRead, Cursor, Read};
use zip::result::ZipError;
use zip::{ZipArchive, read::ZipFile};

/// Bytes a file may have.
pub(crate) const LARGEST: u64 = 256 << 20;
/// Bytes all that is read of an archive may come to.
const INFLATED: u64 = 1 << 30;
/// Times its size in the archive an entry may come to, once it is large.
const RATIO: u64 = 300;
/// From which size on that is asked.
const LARGE: u64 = 16 << 20;
/// Bytes one tag or one text may have.
const EVENT: usize = 16 << 20;
/// Entries an archive may have.
const ENTRIES: usize = 20_000;

/// Why a file cannot be read, or not further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It is no archive, or is cut off, or its XML is broken.
    Broken,
    /// It asks for a password.
    Locked,
    /// It is larger than any such file, or becomes so.
    TooLarge,
    /// It brings a document type.
    Doctype,
    /// It lacks what makes it a file of its kind.
    OtherKind,
}

impl Trouble {
    /// What is said of the file, at the place up to which it was read.
    pub(super) fn fault(self, span: Span) -> Fault {
        let code = if self == Trouble::TooLarge { "input-too-large" } else { "input-broken-file" };
        let (words, help) = self.words();
        Fault { code, fails: true, span, words, help }
    }

    /// What is wrong, and what to do.
    fn words(self) -> (Words, Words) {
        match self {
            Trouble::Broken => (
                Words::fixed(
                    "文件坏了，或没有下载完整；这以后的内容没有检查",
                    "the file is broken or cut off; what stands behind is not checked",
                ),
                Words::fixed("用 Office 或 WPS 打开，另存一份再检查", "open it in Office or WPS, save it anew, check that"),
            ),
            Trouble::Locked => (
                Words::fixed(
                    "文件有密码，或是旧的 .xls / .doc 格式，读不了",
                    "the file has a password, or is an old .xls or .doc; it cannot be read",
                ),
                Words::fixed("去掉密码，另存为 .xlsx 或 .docx", "remove the password, save it as .xlsx or .docx"),
            ),
            Trouble::TooLarge => (
                Words::fixed(
                    "文件太大，或展开后大得不正常；这以后的内容没有检查",
                    "the file is too large, or unpacks to too much; what stands behind is not checked",
                ),
                Words::fixed("拆成几个文件，或存成 .csv", "split it, or save it as .csv"),
            ),
            Trouble::Doctype => (
                Words::fixed(
                    "文件带有 DOCTYPE，Office 不会这样写；没有检查",
                    "the file brings a DOCTYPE, which Office never writes; it is not checked",
                ),
                Words::fixed(
                    "不知道来历就不要打开；要用，请另存一份",
                    "do not open it unless you know where it is from; else save it anew",
                ),
            ),
            Trouble::OtherKind => (
                Words::fixed(
                    "文件里没有这种工作簿或文档，后缀写错了",
                    "there is no such workbook or document in the file; its ending is wrong",
                ),
                Words::fixed("看看后缀对不对", "see whether its ending is right"),
            ),
        }
    }
}

/// An archive that is open.
pub(super) struct Archive {
    zip: ZipArchive<Cursor<Vec<u8>>>,
    names: Vec<String>,
    left: Cell<u64>,
}

impl Archive {
    /// Opens an archive.
    pub(super) fn open(bytes: Vec<u8>) -> Result<Archive, Trouble> {
        if bytes.len() as u64 > LARGEST {
            return Err(Trouble::TooLarge);
        }
        if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
            return Err(Trouble::Locked);
        }
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Trouble::Broken)?;
        if zip.len() > ENTRIES {
            return Err(Trouble::TooLarge);
        }
        let names = zip.file_names().filter_map(|name| name.ok().map(Cow::into_owned)).collect();
        Ok(Archive { zip, names, left: Cell::new(INFLATED) })
    }

    /// The names of its entries.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The XML of an entry, whatever the case of its name; none when it is not there.
    pub(super) fn xml(&mut self, name: &str) -> Result<Option<Xml<'_>>, Trouble> {
        let Some(name) = self.names.iter().find(|known| known.eq_ignore_ascii_case(name)) else { return Ok(None) };
        let entry = self.zip.by_name(name).map_err(|error| match error {
            ZipError::UnsupportedArchive(why) if why == ZipError::PASSWORD_REQUIRED => Trouble::Locked,
            ZipError::DecompressedSizeLimitExceeded { .. } => Trouble::TooLarge,
            _ => Trouble::Broken,
        })?;
        let packed = entry.compressed_size();
        let meter =
            Meter { entry, buffer: vec![0; 1 << 16], at: 0, filled: 0, packed, read: 0, event: 0, left: &self.left, is_over: false };
        let mut reader = Reader::from_reader(meter);
        reader.config_mut().expand_empty_elements = true;
        Ok(Some(Xml { reader, buffer: Vec::new() }))
    }
}

/// An entry that counts what it gives, and ends when that is too much.
struct Meter<'a> {
    entry: ZipFile<'a, Cursor<Vec<u8>>>,
    buffer: Vec<u8>,
    at: usize,
    filled: usize,
    packed: u64,
    read: u64,
    /// Bytes since the last tag or text.
    event: usize,
    left: &'a Cell<u64>,
    is_over: bool,
}

impl Read for Meter<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let given = self.fill_buf()?;
        let count = given.len().min(into.len());
        into[..count].copy_from_slice(&given[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Meter<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.filled {
            let count = self.entry.read(&mut self.buffer)?;
            (self.at, self.filled) = (0, count);
            self.read += count as u64;
            self.left.set(self.left.get().saturating_sub(count as u64));
            let swells = self.read > LARGE && self.read / RATIO > self.packed;
            if swells || self.left.get() == 0 || self.event > EVENT {
                self.is_over = true;
                return Err(io::ErrorKind::FileTooLarge.into());
            }
        }
        Ok(&self.buffer[self.at..self.filled])
    }

    fn consume(&mut self, count: usize) {
        self.at += count;
        self.event += count;
    }
}

/// The tags and texts of an XML file, one after another.
pub(super) struct Xml<'a> {
    reader: Reader<Meter<'a>>,
    buffer: Vec<u8>,
}

/// A tag or a text.
pub(super) enum Step<'b> {
    Start(Tag<'b>),
    End(Close<'b>),
    Text(Cow<'b, str>),
    /// A comment and the like.
    Other,
    Done,
}

/// A tag that closes.
pub(super) struct Close<'b>(BytesEnd<'b>);

impl Close<'_> {
    /// Its name, without prefix.
    pub(super) fn name(&self) -> &[u8] {
        self.0.local_name().into_inner()
    }
}

/// A tag that opens.
pub(super) struct Tag<'b>(BytesStart<'b>);

impl Tag<'_> {
    /// Its name, without prefix.
    pub(super) fn name(&self) -> &[u8] {
        self.0.local_name().into_inner()
    }

    /// An attribute, whatever its prefix.
    pub(super) fn attr(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let mut named = attributes
            .with_checks(false)
            .filter_map(Result::ok)
            .filter(|attribute| attribute.key.local_name().into_inner() == name.as_bytes());
        let raw = String::from_utf8_lossy(&named.next()?.value).into_owned();
        Some(quick_xml::escape::unescape(&raw).map(Cow::into_owned).unwrap_or(raw))
    }

    /// A number.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.attr(name)?.trim().parse().ok()
    }

    /// A switch.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.attr(name).is_some_and(|value| is_on(&value))
    }
}

/// Whether a value of a switch turns it on.
pub(super) fn is_on(value: &str) -> bool {
    matches!(value.trim(), "1" | "true" | "on")
}

impl Xml<'_> {
    /// The next tag or text.
    pub(super) fn next(&mut self) -> Result<Step<'_>, Trouble> {
        self.buffer.clear();
        self.reader.get_mut().event = 0;
        let event = self.reader.read_event_into(&mut self.buffer);
        let text = |read: Result<_, _>| read.map(Step::Text).map_err(|_: EncodingError| Trouble::Broken);
        match event {
            Ok(Event::Start(tag) | Event::Empty(tag)) => Ok(Step::Start(Tag(tag))),
            Ok(Event::End(tag)) => Ok(Step::End(Close(tag))),
            Ok(Event::Text(words)) => text(words.decode()),
            Ok(Event::CData(words)) => text(words.decode()),
            Ok(Event::GeneralRef(entity)) => Ok(Step::Text(Cow::Owned(resolved(&entity)))),
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => Ok(Step::Other),
            Ok(Event::DocType(_)) => Err(Trouble::Doctype),
            Ok(Event::Eof) => Ok(Step::Done),
            Err(_) if self.reader.get_ref().is_over => Err(Trouble::TooLarge),
            Err(_) => Err(Trouble::Broken),
        }
    }
}

/// What an entity stands for: a number, or one of those of XML itself; any other is left as it is written.
fn resolved(entity: &BytesRef<'_>) -> String {
    if let Ok(Some(c)) = entity.resolve_char_ref() {
        return c.to_string();
    }
    let name = String::from_utf8_lossy(entity).into_owned();
    quick_xml::escape::resolve_xml_entity(&name).map_or_else(|| format!("&{name};"), str::to_owned)
}
