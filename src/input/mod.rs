//! Files into records: a format is one file here and one line in `FORMATS`.

mod archive;
mod campaign;
mod cell;
mod clock;
mod comment;
mod csv;
mod csv_row;
mod docx;
mod escape;
mod grid;
mod header;
mod html;
mod intake;
mod json;
mod json_joints;
mod json_object;
mod jsonl;
mod lines;
mod markdown;
#[cfg(feature = "parquet")]
mod parquet;
mod permit;
mod pieces;
mod recurrence;
mod relations;
mod repeat;
mod scalar;
mod scan;
mod sign;
mod text;
#[cfg(test)]
mod trial;
mod xlsx;
mod yaml;

pub(crate) use archive::LARGEST;
pub use intake::Role;
pub(crate) use intake::{Intake, Setting};
pub(crate) use permit::Ignore;
pub(crate) use pieces::{Piece, Pieces, split};

use crate::source::Source;
use crate::span::Span;
use crate::words::Words;
use std::ops::Range;

/// A format of input files.
pub struct Format {
    /// What it is called.
    pub name: &'static str,
    /// The endings of its files, without a dot.
    pub extensions: &'static [&'static str],
    /// What it is for.
    pub about: Words,
    /// Whether a file that merely lies in a folder is meant.
    pub(crate) claims: fn(&Source) -> bool,
    /// How its records are read.
    pub(crate) reading: Reading,
    /// Finds the way back from a record to its fields.
    pub(crate) open: fn(&Source) -> Box<dyn Fields + '_>,
}

impl Format {
    /// Whether a file that was not named but lies in a folder is to be read: an ending such as `.json` tells little.
    pub fn claims(&self, source: &Source) -> bool {
        (self.claims)(source)
    }
}

/// How the records of a file are read.
#[derive(Clone, Copy)]
pub(crate) enum Reading {
    /// The file is one thing.
    Whole(fn(&mut Intake<'_>)),
    /// The file is no text that people would know: one is made of it first.
    Made {
        /// Makes the text of a file of this name and these bytes; what is wrong with it is noted in the source.
        make: fn(&str, Vec<u8>) -> Source,
        /// Reads the records of such a text.
        read: fn(&mut Intake<'_>),
    },
    /// The same of a file that says which columns it has, once it is known which of them anybody asks for.
    #[cfg(feature = "parquet")]
    Columns {
        /// Makes the text of these columns of a file of this name.
        make: fn(&str, &[u8], Setting<'_>) -> Source,
        /// Reads the records of such a text.
        read: fn(&mut Intake<'_>),
    },
    /// One record follows the other, so that pieces of the file may be read apart.
    InPieces {
        /// Reads the records in a range of a text, which must hold them whole.
        read: fn(&mut Intake<'_>, &str, Range<usize>),
        /// Finds the last border between records.
        cut: Cut,
    },
}

/// How many bytes are whole records, of a file that begins like `head`; none when the bytes are themselves its beginning. They begin
/// with a record, and may go on.
pub(crate) type Cut = fn(name: &str, head: Option<&str>, bytes: &[u8]) -> usize;

/// Where the fields of a source's records stand.
pub(crate) trait Fields {
    /// All fields of the record with this span: name, value as read, bytes of the value.
    fn of(&self, record: Span) -> Vec<Field>;
}

/// One field of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// Its name as written.
    pub name: String,
    /// Its value as read.
    pub value: String,
    /// The bytes of its value, without quotes.
    pub span: Span,
}

impl Format {
    /// The source of a file: its text, or the text that is made of it.
    pub fn source(&self, name: &str, bytes: Vec<u8>) -> Source {
        match self.reading {
            Reading::Made { make, .. } => make(name, bytes),
            #[cfg(feature = "parquet")]
            Reading::Columns { .. } => Source::unmade(name, bytes),
            Reading::Whole(_) | Reading::InPieces { .. } => Source::decode(name, bytes),
        }
    }

    /// Whether a text is made of its files.
    pub(crate) fn is_made(&self) -> bool {
        match self.reading {
            Reading::Made { .. } => true,
            #[cfg(feature = "parquet")]
            Reading::Columns { .. } => true,
            Reading::Whole(_) | Reading::InPieces { .. } => false,
        }
    }

    /// The text of a file that waited until it was known what is asked for.
    pub(crate) fn made(&self, source: &Source, setting: Setting<'_>) -> Option<Source> {
        match self.reading {
            #[cfg(feature = "parquet")]
            Reading::Columns { make, .. } => Some(make(source.name(), source.bytes_unmade()?, setting)),
            Reading::Whole(_) | Reading::Made { .. } | Reading::InPieces { .. } => {
                _ = (source, setting);
                None
            }
        }
    }

    /// Whether its records follow one another, so that they can be read while more are written.
    pub fn streams(&self) -> bool {
        self.cut().is_some()
    }

    /// How to find the last border between records; none when the file is one thing.
    pub(crate) fn cut(&self) -> Option<Cut> {
        match self.reading {
            Reading::Whole(_) | Reading::Made { .. } => None,
            #[cfg(feature = "parquet")]
            Reading::Columns { .. } => None,
            Reading::InPieces { cut, .. } => Some(cut),
        }
    }

    /// Reads the records in a range of a source's text, or all of what is one thing.
    pub(crate) fn read(&self, intake: &mut Intake<'_>, range: Range<usize>) {
        match self.reading {
            Reading::Whole(read) => read(intake),
            Reading::Made { read, .. } => {
                intake.take_notes();
                read(intake);
            }
            #[cfg(feature = "parquet")]
            Reading::Columns { read, .. } => {
                intake.take_notes();
                read(intake);
            }
            Reading::InPieces { read, .. } => {
                let text = intake.source.text();
                read(intake, text, range);
            }
        }
    }
}

/// Every format there is.
pub const FORMATS: &[Format] = &[
    text::FORMAT,
    markdown::FORMAT,
    csv::FORMAT,
    jsonl::FORMAT,
    campaign::FORMAT,
    yaml::FORMAT,
    json::FORMAT,
    xlsx::FORMAT,
    #[cfg(feature = "parquet")]
    parquet::FORMAT,
    docx::FORMAT,
    html::FORMAT,
];

/// The format of a file, by its ending.
pub fn format_of(name: &str) -> Option<&'static Format> {
    let (_, extension) = name.rsplit_once('.')?;
    let extension = extension.to_ascii_lowercase();
    FORMATS.iter().find(|format| format.extensions.contains(&extension.as_str()))
}
