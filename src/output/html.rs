//! One page for people and for the file: what was found, words underlined, a timeline for each account.
//!
//! The page is complete: it asks nothing of any server, and its content security policy names the only style and the only script
//! that may act in it, so that a text that got into it could not. Without the script everything is shown; the script only filters.

mod timeline;

use crate::finding::{Citation, Finding, Severity};
use crate::output::Style;
use crate::output::drawn::{marks, worst};
use crate::output::excerpt::{Excerpt, Label};
use crate::output::placed::spot;
use crate::output::remarks::{Remark, SOURCE, remarks, say};
use crate::output::shown::{clipped, visible};
use crate::output::waived;
use crate::report::{Report, Summary};
use crate::words::Lang;
use std::collections::BTreeSet;
use std::io;

const CSS: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

/// What may act in the page: a test compares the hashes with the two files.
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; \
    style-src 'sha256-8O3dDwW+5YqnzYjDWlVaqX6XGSFlDy/qdq2bxkwYtuI='; script-src 'sha256-4VB+nMKC0N6ciqpzUYz+P/WWh+Hz3rMaCMh84nF0a38='";

/// Findings that are drawn; a browser cannot scroll through more, nor can a reader.
const FINDINGS: usize = 2000;

/// Characters of a message; it may quote a text of any length.
const MESSAGE: usize = 500;

/// Cells of a source line.
const WIDTH: usize = 110;

/// Related places that are listed.
const RELATED: usize = 20;

/// Writes the page, finding by finding.
pub(super) fn write(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let page = Page { report, lang: style.lang };
    let drawn = worst(&report.findings, FINDINGS);
    out.write_all(page.start(&drawn).as_bytes())?;
    out.write_all(timeline::accounts(report, &drawn, style.lang).as_bytes())?;
    for (number, of_file) in drawn.chunk_by(|a, b| a.place.source == b.place.source).enumerate() {
        out.write_all(page.file(number, of_file).as_bytes())?;
        for finding in of_file {
            out.write_all(page.article(finding).as_bytes())?;
        }
        out.write_all(b"</section>\n")?;
    }
    out.write_all(page.waived().as_bytes())?;
    out.write_all(page.end(drawn.len()).as_bytes())
}

/// A report in a language.
struct Page<'a> {
    report: &'a Report,
    lang: Lang,
}

impl Page<'_> {
    fn say(&self, zh: &'static str, en: &'static str) -> &'static str {
        say(self.lang, zh, en)
    }

    fn start(&self, drawn: &[&Finding]) -> String {
        let title = self.say("发送前检查报告", "Checked before sending");
        let lang = self.say("zh-CN", "en");
        let lead = self.say(
            "逐条列出有封号、限流、罚款风险的地方，以及依据和改法。",
            "Every place that risks a ban, a throttle or a fine, who says so, and what to do.",
        );
        let body = if drawn.is_empty() { self.clean() } else { self.filters(drawn) };
        format!(
            "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
            <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
            <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
            <meta name=\"referrer\" content=\"no-referrer\">\n<title>{title}</title>\n<style>{CSS}</style>\n</head>\n<body>\n<main>\n\
            <h1>{title}</h1>\n<p class=\"lead\">{lead}</p>\n{}{body}",
            self.cards(&self.report.summary)
        )
    }

    fn cards(&self, summary: &Summary) -> String {
        let Summary { records, errors, warnings, infos, waived, baselined } = *summary;
        let always = [
            ("error", errors, self.say("错误", "errors")),
            ("warning", warnings, self.say("警告", "warnings")),
            ("info", infos, self.say("提示", "advice")),
            ("records", records, self.say("条记录已检查", "records checked")),
        ];
        let aside = [
            ("aside", waived, self.say("已豁免", "waived")),
            ("aside", baselined, self.say("在基线内", "in the baseline")),
            ("aside", self.report.undecided.len(), self.say("条规则缺少账号资料，没有判定", "rules lack facts of accounts, not decided")),
        ];
        let aside = aside.into_iter().filter(|(_, count, _)| *count > 0);
        let card = |(class, count, what): (&str, usize, &str)| {
            let none = if count == 0 { " none" } else { "" };
            format!("<div class=\"card {class}{none}\"><b>{count}</b><span>{what}</span></div>\n")
        };
        format!("<div class=\"cards\">\n{}</div>\n", always.into_iter().chain(aside).map(card).collect::<String>())
    }

    fn clean(&self) -> String {
        format!("<p class=\"clean\">{}</p>\n", self.say("没有发现问题。", "Nothing found."))
    }

    /// Hidden until the script can act on them.
    fn filters(&self, drawn: &[&Finding]) -> String {
        let levels = [Severity::Error, Severity::Warning, Severity::Info];
        let level = |severity: Severity| {
            let name = severity.name();
            format!("<label><input type=\"checkbox\" value=\"{name}\" checked>{}</label>\n", self.severity(severity))
        };
        let levels = levels.into_iter().filter(|severity| drawn.iter().any(|finding| finding.severity == *severity)).map(level);
        let accounts: BTreeSet<&str> = drawn.iter().filter_map(|finding| account(finding)).collect();
        let rules: BTreeSet<&str> = drawn.iter().map(|finding| finding.about.id.as_str()).collect();
        format!(
            "<div class=\"filters\" hidden>\n{}{}{}<output></output>\n</div>\n",
            levels.collect::<String>(),
            self.choice("account", self.say("账号", "account"), &accounts),
            self.choice("rule", self.say("规则", "rule"), &rules),
        )
    }

    fn choice(&self, name: &str, label: &str, values: &BTreeSet<&str>) -> String {
        let option = |value: &&str| format!("<option value=\"{0}\">{0}</option>", escaped(value));
        let (options, all) = (values.iter().map(option).collect::<String>(), self.say("全部", "all"));
        let hidden = if values.is_empty() { " hidden" } else { "" };
        format!("<label{hidden}>{label}<select name=\"{name}\"><option value=\"\">{all}</option>{options}</select></label>\n")
    }

    fn severity(&self, severity: Severity) -> &'static str {
        match severity {
            Severity::Error => self.say("错误", "error"),
            Severity::Warning => self.say("警告", "warning"),
            Severity::Info => self.say("提示", "advice"),
        }
    }

    fn file(&self, number: usize, of_file: &[&Finding]) -> String {
        let heading = match number {
            0 => format!("<h2>{}</h2>\n", self.say("逐条结果", "Findings")),
            _ => String::new(),
        };
        let (path, count) = (escaped(self.report.source(of_file[0].place.source).name()), of_file.len());
        let count = match (self.lang, count) {
            (Lang::Zh, count) => format!("{count} 个问题"),
            (Lang::En, 1) => "1 finding".to_owned(),
            (Lang::En, count) => format!("{count} findings"),
        };
        format!("{heading}<section class=\"found\">\n<h3 class=\"file\"><span class=\"place\">{path}</span> <small>{count}</small></h3>\n")
    }

    fn article(&self, finding: &Finding) -> String {
        let (level, badge) = (finding.severity.name(), self.severity(finding.severity));
        let (rule, pack) = (escaped(&finding.about.id), escaped(&finding.about.pack));
        format!(
            "<article class=\"{level}\" id=\"f-{}\" data-level=\"{level}\" data-rule=\"{rule}\" data-account=\"{}\">\n\
            <div class=\"head\"><span class=\"badge\">{badge}</span><span class=\"what\">{}</span><span class=\"rule\">{pack}/{rule}</span></div>\n\
            {}{}{}</article>\n",
            finding.fingerprint_text(),
            escaped(account(finding).unwrap_or_default()),
            markup(&clipped(&finding.message(self.lang), MESSAGE)),
            self.excerpt(finding),
            self.told(finding),
            self.related(finding),
        )
    }

    fn excerpt(&self, finding: &Finding) -> String {
        let excerpt = Excerpt::new(self.report, marks(self.report, finding, self.lang), WIDTH);
        let mut out = "<pre>".to_owned();
        for run in &excerpt.runs {
            let here = |label: &&Label| run.bytes.contains(&label.bytes.start);
            let column = excerpt.labels.iter().find(here).map_or(1, |label| label.column);
            let place = match &run.label {
                Some(label) => visible(label.say(self.lang)).into_owned(),
                None => format!("{}:{column}", run.line),
            };
            out += &format!("<span class=\"at\">{}:{}</span>\n", markup(&run.path), markup(&place));
            let mut start = run.bytes.start;
            for (number, line) in excerpt.text[run.bytes.clone()].lines().enumerate() {
                out += &format!("<span class=\"n\">{:>4} </span>{}\n", run.line + number, underlined(&excerpt, start, line));
                start += line.len() + 1;
            }
        }
        out.truncate(out.trim_end().len());
        out + "</pre>\n"
    }

    fn told(&self, finding: &Finding) -> String {
        let mut sources = finding.about.source.iter();
        let row = |Remark { head, text }: &Remark| {
            let text = match *head == SOURCE.say(self.lang) {
                true => sources.next().map_or_else(String::new, |citation| linked(citation, text)),
                false => markup(text),
            };
            format!("<dt>{}</dt><dd>{text}</dd>\n", head.trim_end_matches(['：', ':', ' ']))
        };
        let rows: String = remarks(self.report, finding, self.lang).iter().map(row).collect();
        if rows.is_empty() { rows } else { format!("<dl>\n{rows}</dl>\n") }
    }

    fn related(&self, finding: &Finding) -> String {
        if finding.related.is_empty() {
            return String::new();
        }
        let item = |related: &crate::finding::Related| {
            let source = self.report.source(related.place.source);
            let place = markup(&spot(source, related.place.span, self.lang));
            let note = markup(&clipped(&related.note.say(self.lang), MESSAGE));
            format!("<li><span class=\"place\">{place}</span> {note}</li>\n")
        };
        let items: String = finding.related.iter().take(RELATED).map(item).collect();
        let more = match (self.lang, finding.related.len().saturating_sub(RELATED)) {
            (_, 0) => String::new(),
            (Lang::Zh, more) => format!("<li>另有 {more} 处</li>\n"),
            (Lang::En, more) => format!("<li>{more} more</li>\n"),
        };
        format!(
            "<details><summary>{} ({})</summary><ol>\n{items}{more}</ol></details>\n",
            self.say("相关的地方", "see also"),
            finding.related.len()
        )
    }

    /// What is waived, if that is asked for.
    fn waived(&self) -> String {
        let items: String = waived::lines(self.report, self.lang).map(|line| format!("<li>{}</li>\n", markup(&line))).collect();
        if items.is_empty() {
            items
        } else {
            format!("<h2>{}</h2>\n<ol class=\"waived\">\n{items}</ol>\n", self.say("已豁免", "Waived"))
        }
    }

    fn end(&self, drawn: usize) -> String {
        let left = match (self.lang, self.report.findings.len() - drawn) {
            (_, 0) => String::new(),
            (Lang::Zh, left) => format!("<p>还有 {left} 个较轻的问题没有画出；json、jsonl、sarif 格式有全部。</p>\n"),
            (Lang::En, left) => format!("<p>{left} lesser findings are not drawn; json, jsonl and sarif have all of them.</p>\n"),
        };
        let made = self.say("由 presend 生成；本页不含外部请求。", "Made by presend; this page asks nothing of any server.");
        let advice = self.say(
            "没有报告问题，只说明没有违反生效的规则，不等于内容合法。",
            "No finding means that no rule in force was broken, not that a message is lawful.",
        );
        let version = env!("CARGO_PKG_VERSION");
        format!("{left}<footer data-version=\"{version}\">{made} {advice}</footer>\n</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n")
    }
}

/// The account a finding is about, if it is known.
fn account(finding: &Finding) -> Option<&str> {
    let group = finding.window().map_or(&[][..], |window| &window.group);
    group.iter().find(|(field, _)| field == "account").map(|(_, value)| value.as_str()).or(finding.account.as_deref())
}

/// A line of an excerpt with its labels; `start` is where it begins there.
fn underlined(excerpt: &Excerpt, start: usize, line: &str) -> String {
    let (mut out, mut at, mut why) = (String::new(), 0, String::new());
    let of_line = |label: &&Label| (start..start + line.len() + 1).contains(&label.bytes.start);
    for label in excerpt.labels.iter().filter(of_line) {
        let from = (label.bytes.start - start).clamp(at, line.len());
        let to = (label.bytes.end - start).clamp(from, line.len());
        let class = if label.mark == 0 { "own" } else { "beside" };
        out += &format!("{}<mark class=\"{class}\">{}</mark>", markup(&line[at..from]), markup(&line[from..to]));
        at = to;
        if let Some(words) = &label.words {
            why += &format!("<span class=\"why\">  ← {}</span>", markup(words));
        }
    }
    out + &markup(&line[at..]) + &why
}

/// A citation that can be opened, if it says where.
fn linked(citation: &Citation, text: &str) -> String {
    match citation.url.as_deref().filter(|url| url.starts_with("https://") || url.starts_with("http://")) {
        Some(url) => format!("<a href=\"{}\" rel=\"noopener noreferrer\" target=\"_blank\">{}</a>", escaped(url), markup(text)),
        None => markup(text),
    }
}

/// A text from outside, made visible, as it may stand in a page or in a quoted attribute.
fn escaped(text: &str) -> String {
    markup(&visible(text))
}

/// The same for a text that was made visible before.
fn markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
