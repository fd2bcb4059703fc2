//! A mistake in a policy or in an input line, at its place: a finding before anybody asked for a report.

use crate::finding::{About, Citation, Detail, Finding, Place, Severity};
use crate::report::fingerprint;
use crate::source::SourceId;
use crate::span::Span;
use crate::words::{Words, nearest};
use std::sync::Arc;

/// Mistakes for which it is looked for what was meant: who makes more has no slip of the finger.
const GUESSED: usize = 1000;

/// Comparisons of names that are made for them together, roughly.
const COMPARED: usize = 1_000_000;

/// Names that are listed when none comes near.
const LISTED: usize = 60;

/// The name that was meant, unless `so_far` mistakes are so many that looking would take long.
pub(crate) fn meant<'k>(so_far: usize, name: &str, known: impl Iterator<Item = &'k str> + Clone) -> Option<&'k str> {
    let most = COMPARED / so_far.max(1);
    let is_cheap = so_far == 0 || so_far < GUESSED && known.clone().take(most).count() < most;
    if is_cheap { nearest(name, known) } else { None }
}

/// What would have been right: the name that was meant, or the names there are.
pub(crate) fn choices<'k>(so_far: usize, name: &str, known: impl Iterator<Item = &'k str> + Clone) -> Words {
    if let Some(guess) = meant(so_far, name, known.clone()) {
        return Words::new(format!("是不是想写 `{guess}`？"), format!("did you mean `{guess}`?"));
    }
    let mut known = known.fuse();
    let mut all = known.by_ref().take(LISTED).collect::<Vec<_>>().join(" ");
    all.push_str(if known.next().is_some() { " …" } else { "" });
    Words::new(format!("可以写：{all}"), format!("one of: {all}"))
}

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
        self.help = choices(0, name, known);
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// However many slips there are and however many names, the names that are looked at stay few.
    #[test]
    fn looking_for_what_was_meant_ends() {
        for names in [40, 2_000, 200_000] {
            let looked = Cell::new(0_usize);
            let known: Vec<String> = (0..names).map(|at| format!("name-{at}")).collect();
            let known = known.iter().map(String::as_str).inspect(|_| looked.set(looked.get() + 1));
            let found = (0..3000).filter(|so_far| meant(*so_far, "nmae-1", known.clone()).is_some()).count();
            assert!(found > 0 && looked.get() < 20 * COMPARED, "{names}: {found} guesses, {} names looked at", looked.get());
        }
    }
}
