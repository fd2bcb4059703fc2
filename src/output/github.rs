//! Annotations of GitHub Actions: workflow commands on standard output, the worst first.
//!
//! GitHub shows ten of each level for a step and drops the rest without a word, so no more are sent and the rest are counted in
//! a line of their own.

use crate::finding::{Finding, Severity};
use crate::output::Style;
use crate::output::placed::labelled;
use crate::output::remarks::{remarks, say};
use crate::output::shown::{clipped, visible};
use crate::report::Report;
use crate::words::Lang;
use std::io;

/// Annotations of one level that GitHub shows for a step.
const SHOWN: usize = 10;

/// Characters of a message; it may quote a text of any length.
const MESSAGE: usize = 500;

/// Writes the annotations, then how many findings have none.
pub(super) fn write(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut left = 0;
    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
        let mut of_level = report.findings.iter().filter(|finding| finding.severity == severity);
        for finding in of_level.by_ref().take(SHOWN) {
            writeln!(out, "{}", annotation(report, finding, style.lang))?;
        }
        left += of_level.count();
    }
    match (style.lang, left) {
        (_, 0) => Ok(()),
        (Lang::Zh, left) => writeln!(out, "另有 {left} 个问题没有批注（GitHub 每级最多显示 {SHOWN} 条）；看其他格式的报告"),
        (Lang::En, 1) => {
            writeln!(out, "1 more finding has no annotation (GitHub shows {SHOWN} of each level); see a report in another format")
        }
        (Lang::En, left) => {
            writeln!(out, "{left} more findings have no annotation (GitHub shows {SHOWN} of each level); see a report in another format")
        }
    }
}

/// `::error file=…,line=…::message`. Columns only mean something within one line.
fn annotation(report: &Report, finding: &Finding, lang: Lang) -> String {
    let source = report.source(finding.place.source);
    let span = finding.place.span.range();
    let (start, end) = (source.position(span.start), source.position(span.end));
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let columns = match start.line == end.line {
        true => format!(",col={},endColumn={}", start.column, end.column),
        false => String::new(),
    };
    let (file, rule) = (property(&visible(source.name())), property(&visible(&finding.about.id)));
    let mut message = labelled(source, finding.place.span, lang) + &clipped(&finding.message(lang), MESSAGE);
    for remark in remarks(report, finding, lang) {
        message.extend(["\n", remark.head, &remark.text]);
    }
    let title = say(lang, "presend：", "presend: ").replace(':', "%3A") + &rule;
    format!("::{level} file={file},line={},endLine={}{columns},title={title}::{}", start.line, end.line, data(&message))
}

/// Text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value before the text of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{About, Detail, Match, Place};
    use crate::source::{Source, SourceId};
    use crate::span::Span;
    use crate::time::Zone;
    use crate::words::Words;
    use std::sync::Arc;

    /// One finding of this severity for each line of a file.
    fn report(name: &str, lines: usize, severity: Severity, message: &'static str) -> Report {
        let about = Arc::new(About { id: "a,b:c".to_owned(), message: Words::fixed(message, message), ..About::default() });
        let found = Detail::Match(Box::new(Match::whole("微信".to_owned(), "微信".to_owned(), false)));
        let finding = |line: usize| {
            let place = Place::at(SourceId(0), Span::new(line * 7..line * 7 + 6));
            Finding::new(Arc::clone(&about), severity, found.clone(), place)
        };
        Report::new((0..lines).map(finding).collect(), vec![Source::new(name, "微信\n".repeat(lines))], lines, Zone::default())
    }

    fn written(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, Style { lang: Lang::En, color: false, width: 80, jobs: 1 }, &mut out).expect("written");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn ten_of_a_level_are_sent_and_the_rest_counted() {
        let text = written(&report("a.txt", 13, Severity::Warning, "contact"));
        assert_eq!(text.matches("::warning ").count(), 10);
        assert!(text.ends_with("3 more findings have no annotation (GitHub shows 10 of each level); see a report in another format\n"));
        assert!(!written(&report("a.txt", 10, Severity::Info, "contact")).contains("more"));
    }

    #[test]
    fn what_ends_a_command_is_escaped() {
        let text = written(&report("a:b,c%\n::error::x.txt", 1, Severity::Error, "100%: {match},\n::error::x"));
        let expected = "::error file=a%3Ab%2Cc%25␊%3A%3Aerror%3A%3Ax.txt,line=1,endLine=1,col=1,endColumn=3,title=presend%3A a%2Cb%3Ac\
            ::100%25: 微信,␊::error::x\n";
        assert_eq!(text, expected);
    }
}
