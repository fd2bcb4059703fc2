//! For people: each finding with the words underlined, why, and what to do. The only file that knows miette.
//!
//! miette draws heading, source lines and paragraphs. It is never handed a source: it would scan it for every label,
//! count columns in bytes and print what is in it. It gets an [`Excerpt`]. What it says in English of its own accord
//! (`help:`, `Error:`) is not asked for.

use crate::finding::{Finding, Severity};
use crate::output::Style;
use crate::output::drawn::{NOTE, RELATED, marks, worst};
use crate::output::excerpt::Excerpt;
use crate::output::placed::place;
use crate::output::remarks::{Remark, remarks, say};
use crate::output::shown::{clipped, visible};
use crate::output::waived;
use crate::report::{Report, Summary};
use crate::words::Lang;
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};
use std::{fmt, io};

/// Findings that are drawn; nobody reads more.
const FINDINGS: usize = 200;

/// Characters of a message; it may quote a text of any length.
const MESSAGE: usize = 500;

/// The narrowest and the widest line that is drawn.
const WIDTHS: (usize, usize) = (40, 200);

/// Cells beside a source line: a number of seven digits, the frame, two `…`.
const FRAME: usize = 13;

/// Writes the findings, how many were left out, how many there are.
pub(super) fn write(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let drawn = worst(&report.findings, FINDINGS);
    for finding in &drawn {
        let text = draw(report, finding, style).map_err(|_| io::Error::other("a finding could not be drawn"))?;
        writeln!(out, "{}\n", text.trim_end())?;
    }
    match (style.lang, report.findings.len() - drawn.len()) {
        (_, 0) => {}
        (Lang::Zh, more) => writeln!(out, "还有 {more} 个问题没有显示；用 --format concise 或 json 看全部")?,
        (Lang::En, more) => writeln!(out, "{more} more not shown; --format concise or json has all of them")?,
    }
    if let Some((first, _)) = report.undecided.first() {
        let (first, rules) = (visible(first), report.undecided.len());
        match style.lang {
            Lang::Zh => writeln!(out, "{rules} 条规则缺少账号资料，没有判定（如 {first}）；用 --accounts 给出登记表")?,
            Lang::En => {
                let those = if rules == 1 {
                    "1 rule lacks facts of accounts and was".to_owned()
                } else {
                    format!("{rules} rules lack facts of accounts and were")
                };
                writeln!(out, "{those} not decided (such as {first}); give a registry with --accounts")?;
            }
        }
    }
    waived::write(report, style.lang, out)?;
    writeln!(out, "{}", summary(&report.summary, style.lang))
}

/// `3 个错误，5 个警告，1 条提示；检查了 812 条记录`.
fn summary(summary: &Summary, lang: Lang) -> String {
    let count = |n: usize, zh: &str, one: &str, many: &str| {
        let unit = match lang {
            Lang::Zh => zh,
            Lang::En if n == 1 => one,
            Lang::En => many,
        };
        (n > 0).then(|| format!("{n} {unit}"))
    };
    let found = [
        count(summary.errors, "个错误", "error", "errors"),
        count(summary.warnings, "个警告", "warning", "warnings"),
        count(summary.infos, "条提示", "info", "infos"),
    ];
    let found: Vec<String> = found.into_iter().flatten().collect();
    let first = match found.is_empty() {
        true => say(lang, "没有发现问题", "nothing found").to_owned(),
        false => found.join(say(lang, "，", ", ")),
    };
    let records = match (lang, summary.records) {
        (Lang::Zh, n) => format!("检查了 {n} 条记录"),
        (Lang::En, 1) => "1 record checked".to_owned(),
        (Lang::En, n) => format!("{n} records checked"),
    };
    let aside = [
        count(summary.waived, "个已豁免", "waived", "waived"),
        count(summary.baselined, "个在基线内", "in the baseline", "in the baseline"),
    ];
    let parts: Vec<String> = [first, records].into_iter().chain(aside.into_iter().flatten()).collect();
    parts.join(say(lang, "；", "; "))
}

/// One finding, drawn.
fn draw(report: &Report, finding: &Finding, style: Style) -> Result<String, fmt::Error> {
    let width = style.width.clamp(WIDTHS.0, WIDTHS.1);
    let mut card = Card {
        message: clipped(&finding.message(style.lang), MESSAGE).into_owned(),
        severity: finding.severity,
        excerpt: Excerpt::new(report, marks(report, finding, style.lang), width - FRAME),
    };
    for run in &mut card.excerpt.runs {
        if let Some(label) = &run.label {
            run.path = format!("{}:{}{UNCOUNTED}", run.path, visible(label.say(style.lang)));
        }
    }
    let footer = footer(report, finding, &card.excerpt, style);
    let handler = GraphicalReportHandler::new_themed(theme(finding, &card.excerpt, style))
        .with_links(false)
        .with_context_lines(0)
        .without_syntax_highlighting()
        .with_width(width);
    let handler = if footer.is_empty() { handler } else { handler.with_footer(footer) };
    let mut text = String::new();
    handler.render_report(&mut text, &card)?;
    Ok(if text.contains(UNCOUNTED) { uncounted(&text) } else { text })
}

/// Behind a place that is no line and no column: miette writes both, and they are taken out. Nothing else holds such a character.
const UNCOUNTED: char = '\u{1}';

fn uncounted(text: &str) -> String {
    let counted = |c: char| c == ':' || c.is_ascii_digit();
    let mut parts = text.split(UNCOUNTED);
    parts.next().into_iter().chain(parts.map(|part| part.trim_start_matches(counted))).collect()
}

/// Lines in Unicode, colours when wanted.
fn lines(style: Style) -> GraphicalTheme {
    match style.color {
        true => GraphicalTheme::unicode(),
        false => GraphicalTheme::unicode_nocolor(),
    }
}

/// The heading in our words; the finding's own labels in its colour, related ones in another.
fn theme(finding: &Finding, excerpt: &Excerpt, style: Style) -> GraphicalTheme {
    let mut theme = lines(style);
    let rule = visible(&finding.about.id);
    let heading = match (finding.severity, style.lang) {
        (Severity::Error, Lang::Zh) => format!("错误[{rule}]"),
        (Severity::Warning, Lang::Zh) => format!("警告[{rule}]"),
        (Severity::Info, Lang::Zh) => format!("提示[{rule}]"),
        (severity, Lang::En) => format!("{}[{rule}]:", severity.name()),
    };
    let styles = &theme.styles;
    let own = match finding.severity {
        Severity::Error => styles.error,
        Severity::Warning => styles.warning,
        Severity::Info => styles.advice,
    };
    theme.styles.highlights = excerpt.labels.iter().map(|label| if label.mark == 0 { own } else { styles.help }).collect();
    let characters = &mut theme.characters;
    for sign in [&mut characters.error, &mut characters.warning, &mut characters.advice] {
        sign.clone_from(&heading);
    }
    theme
}

/// The remarks, and the related places that were not drawn.
fn footer(report: &Report, finding: &Finding, excerpt: &Excerpt, style: Style) -> String {
    let (lang, color) = (style.lang, lines(style).styles.help);
    let line = |remark: &Remark| format!("{}{}", color.style(remark.head), remark.text);
    let mut lines: Vec<String> = remarks(report, finding, lang).iter().map(line).collect();
    let head = color.style(say(lang, "相关：", "see also: "));
    for (number, related) in finding.related.iter().take(RELATED).enumerate() {
        if !excerpt.shows(number + 1) {
            let source = report.source(related.place.source);
            let said = related.note.say(lang);
            let note = clipped(&said, NOTE);
            lines.push(format!("{head}{} {note}", place(source, related.place.span, lang)));
        }
    }
    match (lang, finding.related.len().saturating_sub(RELATED)) {
        (_, 0) => {}
        (Lang::Zh, more) => lines.push(format!("{head}另有 {more} 处")),
        (Lang::En, more) => lines.push(format!("{head}{more} more")),
    }
    lines.join("\n")
}

/// A finding as miette wants it.
#[derive(Debug)]
struct Card {
    message: String,
    severity: Severity,
    excerpt: Excerpt,
}

impl fmt::Display for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Card {}

impl Diagnostic for Card {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.excerpt.labels.iter().map(|label| {
            let (words, span) = (label.words.clone(), label.bytes.clone());
            match label.mark {
                0 => LabeledSpan::new_primary_with_span(words, span),
                _ => LabeledSpan::new_with_span(words, span),
            }
        })))
    }
}

impl SourceCode for Excerpt {
    /// Whole lines of one run. A span over two runs is refused, which makes miette draw them apart.
    fn read_span<'a>(&'a self, span: &SourceSpan, _: usize, _: usize) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (from, to) = (span.offset(), span.offset() + span.len());
        let run = self.runs.iter().find(|run| run.bytes.contains(&from) && to < run.bytes.end).ok_or(MietteError::OutOfBounds)?;
        let start = self.text[run.bytes.start..from].rfind('\n').map_or(run.bytes.start, |feed| run.bytes.start + feed + 1);
        let end = self.text[to..].find('\n').map_or(run.bytes.end, |feed| to + feed + 1);
        let feeds = |range: std::ops::Range<usize>| self.text[range].matches('\n').count();
        let line = run.line - 1 + feeds(run.bytes.start..start);
        let column = self.labels.iter().find(|label| label.bytes.start == from).map_or(0, |label| label.column - 1);
        let data = &self.text.as_bytes()[start..end];
        let lines = feeds(start..end);
        Ok(Box::new(MietteSpanContents::new_named(run.path.clone(), data, (start..end).into(), line, column, lines)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{About, Detail, Match, Place, Related};
    use crate::output::sample::written;
    use crate::source::{Source, SourceId};
    use crate::span::Span;
    use crate::time::Zone;
    use crate::words::Words;
    use std::sync::Arc;
    use unicode_width::UnicodeWidthStr;

    fn report(text: &str, word: &str, severities: &[Severity]) -> Report {
        let at = text.find(word).expect("the word is in the text");
        let found = |severity: &Severity| {
            let about = About { id: format!("sample-{}", severity.name()), ..About::default() };
            let detail = Detail::Match(Box::new(Match::whole(word.to_owned(), "w".to_owned(), false)));
            Finding::new(Arc::new(about), *severity, detail, Place::at(SourceId(0), Span::new(at..at + word.len())))
        };
        let findings = severities.iter().map(found).collect();
        Report::new(findings, vec![Source::new("a.txt", text)], 1, Zone::default())
    }

    fn human(report: &Report, lang: Lang) -> String {
        written(report, "human", Style { lang, color: false, width: 80, jobs: 1 })
    }

    /// Columns of the terminal where a word starts and ends, and where its underline does.
    fn columns(text: &str, word: &str) -> [usize; 4] {
        let printed = human(&report(text, word, &[Severity::Error]), Lang::Zh);
        let word = crate::output::shown::Cells::of(word).text;
        let lines: Vec<&str> = printed.lines().collect();
        let number = lines.iter().position(|line| line.starts_with(" 1 │")).expect("a source line");
        let (line, under) = (lines[number], lines[number + 1]);
        let at = line.find(&word).expect("the word is printed");
        let first = under.find(['─', '┬', '▲']).expect("an underline");
        [line[..at].width(), line[..at + word.len()].width(), under[..first].width(), under.trim_end().width()]
    }

    #[test]
    fn underlines_stand_under_their_words() {
        let lines = [
            "加微信",
            "ＶＸ：ａｂｃ 微信",
            "😀😀微信",
            "❤\u{FE0F}☎\u{FE0F}微信",
            "👨\u{200D}👩\u{200D}👧\u{200D}👦微信",
            "👍🏽👍微信",
            "1\u{FE0F}\u{20E3}3\u{FE0F}\u{20E3}微信",
            "🇨🇳微信",
            "办\u{200B}证\u{202E}微信",
            "\t缩进\t微信",
            "⼀⾧𠮷微信",
            "a\x1b[31m\x07微信",
            "e\u{301}微信",
            "(ﾟ∀ﾟ)ｶﾞ微信",
            "❤\u{FE0F}\u{200D}🔥微信",
            "㊙\u{FE0F}微信",
            "＃️⃣*\u{FE0F}\u{20E3}微信",
        ];
        for line in lines {
            let [start, end, from, to] = columns(&format!("{line}请联系"), "微信");
            assert_eq!((start, end), (from, to), "{line:?}");
        }
        for word in ["办\u{200B}证", "❤\u{FE0F}微信", "1\u{FE0F}\u{20E3}3", "👨\u{200D}👩\u{200D}👧", "ＶＸ"] {
            let [start, end, from, to] = columns(&format!("全角，{word}后文"), word);
            assert_eq!((start, end), (from, to), "{word:?}");
        }
        let long = format!("{}微信{}", "前😀ａ\u{200B}".repeat(300), "后".repeat(3000));
        let [start, end, from, to] = columns(&long, "微信");
        assert_eq!((start, end), (from, to));
        assert!(end < 80);
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let text = "长😀ａ\u{200B}".repeat(300) + "微信";
        for line in human(&report(&text, "微信", &[Severity::Error]), Lang::En).lines() {
            assert!(line.width() <= 80, "{line}");
        }
    }

    #[test]
    fn the_worst_are_drawn_in_the_order_of_the_report() {
        let severities: Vec<Severity> = (0..150).flat_map(|_| [Severity::Info, Severity::Error, Severity::Warning]).collect();
        let text = human(&report("微信", "微信", &severities), Lang::Zh);
        let drawn = |id: &str| text.matches(&format!("[{id}]")).count();
        assert_eq!((drawn("sample-error"), drawn("sample-warning"), drawn("sample-info")), (150, 50, 0));
        assert!(text.contains("还有 250 个问题没有显示"));
        assert!(text.ends_with("150 个错误，150 个警告，150 条提示；检查了 1 条记录\n"));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(100))]
        #[test]
        fn any_text_and_any_places_are_drawn(text in "[加微信ＶＸa \t\r\n❤😀\u{FE0F}\u{20E3}\u{200D}\u{200B}\u{202E}\x1b]{0,60}", spans in proptest::collection::vec(0..90usize, 8), width in 0..120usize) {
            let place = |at: usize| Place::at(SourceId(0), Span::new(spans[at].min(spans[at + 1])..spans[at].max(spans[at + 1])));
            let said = Detail::Said(Box::new(Words::same(&text)));
            let mut finding = Finding::new(Arc::new(About::default()), Severity::Info, said, place(0));
            finding.related = [2, 4, 6].map(|at| Related { place: place(at), note: Words::same(&text).into() }).into();
            let report = Report::new(vec![finding], vec![Source::new("a", text)], 1, Zone::default());
            let drawn = written(&report, "human", Style { lang: Lang::En, color: false, width, jobs: 1 });
            proptest::prop_assert!(!drawn.contains("Failed") && drawn.lines().all(|line| visible(line) == line), "{}", drawn);
        }
    }

    #[test]
    fn nothing_found_is_said() {
        let empty = |lang| human(&report("微信", "微信", &[]), lang);
        assert_eq!(empty(Lang::Zh), "没有发现问题；检查了 1 条记录\n");
        assert_eq!(empty(Lang::En), "nothing found; 1 record checked\n");
    }

    #[test]
    fn a_place_of_many_lines_shows_its_beginning() {
        let text = "一\n二\n三\n四\n五\n";
        let text = human(&report(text, text, &[Severity::Error]), Lang::Zh);
        assert!(text.contains("到第 6 行为止") && text.contains(" 3 │ 三") && !text.contains('四'), "{text}");
    }
}
