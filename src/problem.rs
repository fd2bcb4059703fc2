//! A mistake in a policy or in an input line, at its place: a finding before anybody asked for a report.

use crate::finding::{About, Citation, Detail, Finding, Place, Severity};
use crate::report::fingerprint;
use crate::source::SourceId;
use crate::span::Span;
use crate::words::{Words, nearest};
use std::sync::Arc;

/// Something that cannot be understood.
#[derive(Clone, Debug)]
pub struct Problem {
    /// `policy-…` or `input-…`.
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// Where.
    pub source: SourceId,
    /// The bytes to underline.
    pub span: Span,
    /// What is wrong.
    pub words: Words,
    /// What would have been right.
    pub help: Words,
}

impl Problem {
    /// A mistake that makes the run fail.
    pub fn error(code: &'static str, source: SourceId, span: Span, words: Words) -> Problem {
        Problem { code, severity: Severity::Error, source, span, words, help: Words::default() }
    }

    /// Something to know that does not stop anything.
    pub fn warning(code: &'static str, source: SourceId, span: Span, words: Words) -> Problem {
        Problem { severity: Severity::Warning, ..Problem::error(code, source, span, words) }
    }

    /// The same, saying what would have been right.
    pub fn with_help(self, help: Words) -> Problem {
        Problem { help, ..self }
    }

    /// The same, guessing what was meant.
    pub fn with_guess(self, guess: Option<&str>) -> Problem {
        match guess {
            Some(guess) => self.with_help(Words::new(format!("是不是想写 `{guess}`？"), format!("did you mean `{guess}`?"))),
            None => self,
        }
    }

    /// Guesses which of the `known` names was meant by `name`, or lists them.
    pub(crate) fn guess<'k>(&mut self, name: &str, known: impl Iterator<Item = &'k str> + Clone) {
        self.help = match nearest(name, known.clone()) {
            Some(guess) => Words::new(format!("是不是想写 `{guess}`？"), format!("did you mean `{guess}`?")),
            None => {
                let all = known.collect::<Vec<_>>().join(" ");
                Words::new(format!("可以写：{all}"), format!("one of: {all}"))
            }
        };
    }

    /// As a finding. `text` is what stands at the place.
    pub fn into_finding(self, text: &str) -> Finding {
        let about = About {
            id: self.code.to_owned(),
            pack: "presend".to_owned(),
            kind: self.code.split('-').next().unwrap_or_default().to_owned(),
            severity: Some(self.severity),
            confidence: "high".to_owned(),
            help: self.help,
            source: Vec::<Citation>::new(),
            ..About::default()
        };
        let print = fingerprint(&[self.code.as_bytes(), text.as_bytes(), self.words.en.as_bytes()]);
        let detail = Detail::Said(Box::new(self.words));
        let mut finding = Finding::new(Arc::new(about), self.severity, detail, Place::at(self.source, self.span));
        finding.fingerprint = print;
        finding
    }
}
