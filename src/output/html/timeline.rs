//! The timeline of an account: for each rule that counts and was broken, its records, its limit, and when there is room again.
//!
//! A record is a dot. Dots climb in the order in which records were counted; the dashed line is the limit, dots above it break it.

use super::{account, escaped, markup};
use crate::finding::{Counted, Finding, Window};
use crate::output::placed::spot;
use crate::output::remarks::say;
use crate::output::shown::clipped;
use crate::report::Report;
use crate::time::{Period, SECOND, Time};
use crate::words::Lang;
use std::collections::BTreeMap;

/// Accounts, rules of one and findings of a rule that are drawn.
const ACCOUNTS: usize = 100;
const LANES: usize = 20;
const RUNS: usize = 50;

/// Units of a chart, and where the limit lies in it.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 66.0;
const LIMIT: f64 = 30.0;
const BASE: f64 = 58.0;
const MARGIN: f64 = 14.0;

/// Steps between the marks of an axis, in seconds.
const STEPS: [i64; 14] =
    [60, 300, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 2 * 86_400, 7 * 86_400, 30 * 86_400, 365 * 86_400];

/// Marks of an axis at most.
const MARKS: i64 = 8;

/// The timelines, the accounts in order of name.
pub(super) fn accounts(report: &Report, findings: &[&Finding], lang: Lang) -> String {
    let mut accounts: BTreeMap<String, BTreeMap<&str, Vec<&Finding>>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.window().is_some_and(is_timed)) {
        let lanes = accounts.entry(name(finding, lang)).or_default();
        lanes.entry(&finding.about.id).or_default().push(finding);
    }
    if accounts.is_empty() {
        return String::new();
    }
    let mut out = format!("<h2>{}</h2>\n{}", say(lang, "账号时间线", "Timelines"), legend(lang));
    for (name, lanes) in accounts.iter().take(ACCOUNTS) {
        let Some(axis) = Axis::of(report, lanes.values().flatten()) else { continue };
        out += &format!("<div class=\"account\" data-account=\"{0}\">\n<h3>{0}</h3>\n", escaped(name));
        for findings in lanes.values().take(LANES) {
            out += &lane(&axis, findings, lang);
        }
        out += &axis.drawn();
        out += "</div>\n";
    }
    out
}

fn is_timed(window: &Window) -> bool {
    window.records.iter().any(|record| record.time.is_some())
}

/// The account, or whatever else the records were grouped by.
fn name(finding: &Finding, lang: Lang) -> String {
    let group = finding.window().map_or(&[][..], |window| &window.group);
    let named = || group.iter().map(|(field, value)| format!("{field}={value}")).collect::<Vec<_>>().join(", ");
    let name = account(finding).map_or_else(named, str::to_owned);
    if name.is_empty() { say(lang, "全部", "all").to_owned() } else { name }
}

fn legend(lang: Lang) -> String {
    let signs = [
        ("a", say(lang, "计入的记录", "counted")),
        ("e", say(lang, "上限", "the limit")),
        ("b", say(lang, "超限的记录", "over the limit")),
        ("c", say(lang, "已满", "full")),
        ("d", say(lang, "最早可再发", "room again")),
    ];
    let sign = |(class, what): (&str, &str)| format!("<span><i class=\"{class}\"></i>{what}</span>");
    format!("<p class=\"legend\">{}</p>\n", signs.map(sign).concat())
}

/// A rule's findings, one behind the other.
fn lane(axis: &Axis<'_>, findings: &[&Finding], lang: Lang) -> String {
    let (first, rule) = (findings[0], escaped(&findings[0].about.id));
    let summary = match first.about.summary.is_empty() {
        true => rule.clone(),
        false => markup(&clipped(first.about.summary.say(lang), 80)),
    };
    let heading = format!(
        "<div class=\"lane {}\"><a href=\"#f-{}\">{summary}</a><span class=\"rule\">{rule}</span></div>\n",
        first.severity.name(),
        first.fingerprint_text()
    );
    let runs: String = findings.iter().take(RUNS).map(|finding| axis.run(finding, lang)).collect();
    format!(
        "{heading}<div class=\"chart\"><svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{summary}\">\n{}{runs}</svg></div>\n",
        axis.grid()
    )
}

/// From the first record of an account to the last.
struct Axis<'a> {
    report: &'a Report,
    from: i64,
    to: i64,
}

impl<'a> Axis<'a> {
    /// The stretch that holds all records, and the moments at which there is room again unless they are far off.
    fn of<'f>(report: &'a Report, findings: impl Iterator<Item = &'f &'f Finding> + Clone) -> Option<Axis<'a>> {
        let windows = || findings.clone().filter_map(|finding| finding.window());
        let times = || windows().flat_map(|window| &window.records).filter_map(|record| record.time);
        let (from, last) = (times().min()?.0, times().max()?.0);
        let span = last.saturating_sub(from).max(1800 * SECOND);
        let free = windows().filter_map(|window| window.allowed_at).map(|time| time.0);
        let to = free.filter(|time| *time < last.saturating_add(span)).chain([from.saturating_add(span)]).max()?;
        Some(Axis { report, from, to })
    }

    fn x(&self, time: Time) -> f64 {
        let share = time.0.saturating_sub(self.from) as f64 / self.to.saturating_sub(self.from).max(1) as f64;
        MARGIN + share.clamp(0.0, 1.0) * (WIDTH - 2.0 * MARGIN)
    }

    /// Where the axis is marked.
    fn marks(&self) -> Vec<Time> {
        let span = self.to.saturating_sub(self.from) / SECOND;
        let step = STEPS.into_iter().find(|step| span / step <= MARKS).unwrap_or(STEPS[STEPS.len() - 1]).max(span / MARKS) * SECOND;
        let midnight = self.report.zone.period(Period::Day, Time(self.from)).0.0;
        let first = midnight.saturating_add(self.from.saturating_sub(midnight).div_euclid(step).saturating_mul(step));
        let marks = (0..=MARKS + 2).map(|number| Time(first.saturating_add(step.saturating_mul(number))));
        marks.filter(|time| (self.from..=self.to).contains(&time.0)).collect()
    }

    fn grid(&self) -> String {
        let line = |time: Time| format!("<line class=\"grid\" x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"4\" y2=\"{BASE}\"/>\n", self.x(time));
        let lines: String = self.marks().into_iter().map(line).collect();
        format!("{lines}<line class=\"base\" x1=\"0\" x2=\"{WIDTH}\" y1=\"{BASE}\" y2=\"{BASE}\"/>\n")
    }

    /// The marks with their times.
    fn drawn(&self) -> String {
        let mut day = String::new();
        let label = |time: Time| {
            let shown = self.moment(time);
            let (date, clock) = shown.split_once(' ').unwrap_or((&shown, ""));
            let text = if date == day && clock != "00:00" { clock.to_owned() } else { shown.trim_end_matches(" 00:00").to_owned() };
            day = date.to_owned();
            let x = self.x(time);
            let anchor = if x < 40.0 {
                "start"
            } else if x > WIDTH - 40.0 {
                "end"
            } else {
                "middle"
            };
            format!("<text x=\"{x:.1}\" y=\"12\" text-anchor=\"{anchor}\">{text}</text>\n")
        };
        let labels: String = self.marks().into_iter().map(label).collect();
        format!("<div class=\"chart\"><svg viewBox=\"0 0 {WIDTH} 18\" aria-hidden=\"true\">\n{labels}</svg></div>\n")
    }

    /// `11-20 09:00`.
    fn moment(&self, time: Time) -> String {
        let shown = self.report.zone.show(time);
        shown.get(5..16).unwrap_or(&shown).replace('T', " ")
    }

    /// The records of a finding, its limit and what follows.
    fn run(&self, finding: &Finding, lang: Lang) -> String {
        let Some(window) = finding.window() else { return String::new() };
        let over = first_over(finding, window);
        let timed = |at: usize| window.records[at..].iter().find_map(|record| record.time);
        let (Some(start), Some(full)) = (timed(0), timed(over).or(window.end)) else { return String::new() };
        let end = window.allowed_at.or(window.end).unwrap_or(full);
        let (left, right) = (self.x(full), self.x(end.max(full)));
        let limit = format!(
            "<rect class=\"full\" x=\"{left:.1}\" y=\"4\" width=\"{:.1}\" height=\"{:.1}\"/>\n\
            <line class=\"limit\" x1=\"{:.1}\" x2=\"{right:.1}\" y1=\"{LIMIT}\" y2=\"{LIMIT}\"/>\n",
            (right - left).max(2.0),
            BASE - 4.0,
            self.x(start),
        );
        limit + &self.dots(window, over, lang) + &self.words(window, (start, full), lang)
    }

    /// The records: those within the limit climb to it, the others stand above.
    fn dots(&self, window: &Window, over: usize, lang: Lang) -> String {
        let height = |at: usize| match at < over {
            true => BASE - 6.0 - (BASE - LIMIT - 12.0) * (at + 1) as f64 / (over.max(1) as f64),
            false => LIMIT - 6.0 - (LIMIT - 16.0) * (at - over) as f64 / (window.records.len() - over) as f64,
        };
        let dot = |(at, record): (usize, &Counted)| {
            let time = record.time?;
            let (class, source) = (if at < over { "ok" } else { "over" }, self.report.source(record.source));
            Some(format!(
                "<circle class=\"{class}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"3.5\"><title>{} · {}</title></circle>\n",
                self.x(time),
                height(at),
                self.moment(time),
                markup(&spot(source, record.span, lang)),
            ))
        };
        window.records.iter().enumerate().filter_map(dot).collect()
    }

    /// What was counted against the limit, and when there is room again.
    fn words(&self, window: &Window, (start, full): (Time, Time), lang: Lang) -> String {
        let counted = match lang {
            Lang::Zh => format!("计 {}，限 {}", window.count, window.max),
            Lang::En => format!("{}, limit {}", window.count, window.max),
        };
        let near = self.x(start).min(WIDTH - 130.0);
        let mut out = format!("<text class=\"cap\" x=\"{near:.1}\" y=\"13\">{counted}</text>\n");
        if let Some(free) = window.allowed_at.filter(|free| *free > full) {
            let (x, when) = (self.x(free), self.moment(free));
            let text = match lang {
                Lang::Zh => format!("{when} 起"),
                Lang::En => format!("from {when}"),
            };
            let (anchor, beside) = if x > WIDTH - 120.0 { ("end", x - 6.0) } else { ("start", x + 6.0) };
            out += &format!(
                "<line class=\"free\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"4\" y2=\"{BASE}\"/>\n\
                <text class=\"from\" x=\"{beside:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{text}</text>\n",
                BASE - 6.0,
            );
        }
        out
    }
}

/// The number of the first record that breaks the limit.
fn first_over(finding: &Finding, window: &Window) -> usize {
    let own = |record: &Counted| record.source == finding.place.source && record.span == finding.place.span;
    let rows = usize::try_from(window.rows).unwrap_or(usize::MAX);
    window.records.iter().position(own).unwrap_or(window.records.len().saturating_sub(rows))
}
