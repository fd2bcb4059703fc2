//! `.txt`: one draft, the whole file.

use super::intake::Intake;
use super::{Field, Fields, Format, Reading, comment};
use crate::source::Source;
use crate::span::Span;
use crate::words::Words;

/// Drafts as people type them.
pub(super) const FORMAT: Format = Format {
    name: "text",
    extensions: &["txt"],
    about: Words::fixed("一个文件一篇文案", "one draft a file"),
    claims: |_| true,
    reading: Reading::Whole(read),
    open,
};

fn read(intake: &mut Intake<'_>) {
    let source = intake.source;
    let text = body(source);
    if source.slice(text).trim().is_empty() {
        return;
    }
    let field = intake.field("text", text);
    intake.record(whole(source), &[comment::cell(source, field, text)]);
    comment::take(intake, text);
}

fn whole(source: &Source) -> Span {
    Span::new(0..source.text().len())
}

/// All but the line breaks at the end.
fn body(source: &Source) -> Span {
    Span::new(0..source.text().trim_end_matches(['\n', '\r']).len())
}

/// The one field of the one draft.
struct Draft<'s>(&'s Source);

fn open(source: &Source) -> Box<dyn Fields + '_> {
    Box::new(Draft(source))
}

impl Fields for Draft<'_> {
    fn of(&self, record: Span) -> Vec<Field> {
        if record != whole(self.0) {
            return Vec::new();
        }
        let span = body(self.0);
        vec![Field { name: "text".to_owned(), value: self.0.slice(span).to_owned(), span }]
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::Trial;
    use super::*;

    #[test]
    fn a_file_is_a_draft() {
        let trial = Trial::new("a.txt", "加我微信\r\n领资料\r\n\n");
        assert_eq!(trial.texts(), ["加我微信\r\n领资料"]);
        assert_eq!(trial.spans(), [Span::new(0..trial.source.text().len())]);
        assert_eq!(trial.found_again(), [["text=加我微信\r\n领资料"]]);
    }

    #[test]
    fn an_empty_file_is_no_record() {
        for text in ["", "\n", "\r\n\r\n", " \n\t\n", "\u{3000}\n"] {
            let trial = Trial::new("a.txt", text);
            assert_eq!((trial.spans().len(), trial.problems().len()), (0, 0), "{text:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_not_text() {
        let source = Source::decode("a.txt", "\u{feff}加微信\0".as_bytes().to_vec());
        assert_eq!(Trial::of(source).texts(), ["加微信\0"]);
    }
}
