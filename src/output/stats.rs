//! How much each pack and each rule has to say, as two tables that can be pasted into a Markdown page.
//!
//! A record is counted once for each severity, however many findings stand in it, so that the shares say how noisy a policy is on
//! a text. A rule that counts stands at the first record of a run; the others of the run are not counted here.

use crate::finding::{Finding, Severity};
use crate::output::Style;
use crate::output::shown::visible;
use crate::report::Report;
use crate::words::Lang;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

/// The columns of severities, gravest first.
const SEVERITIES: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Info];

/// Records that have a finding: by source, and by where the record begins.
type Records = BTreeSet<(u32, u32)>;

/// Writes both tables.
pub(super) fn write(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let (pack, rule) = match style.lang {
        Lang::Zh => ("规则包", "规则"),
        Lang::En => ("pack", "rule"),
    };
    let mut packs = Tally::of(report, |finding| vec![finding.about.pack.clone(), String::new()]);
    packs.found.entry(String::new()).or_default();
    let rules = Tally::of(report, |finding| vec![finding.about.id.clone()]);
    packs.write(pack, style, out)?;
    writeln!(out)?;
    rules.write(rule, style, out)
}

/// Records that have a finding, by name and severity. The empty name stands for all of them.
#[derive(Debug, PartialEq, Eq)]
struct Tally {
    found: BTreeMap<String, [Records; 3]>,
    records: usize,
}

impl Tally {
    fn of(report: &Report, names: impl Fn(&Finding) -> Vec<String>) -> Tally {
        let mut found: BTreeMap<String, [Records; 3]> = BTreeMap::new();
        for finding in &report.findings {
            let column = SEVERITIES.iter().position(|severity| *severity == finding.severity).unwrap_or(0);
            for name in names(finding) {
                found.entry(name).or_default()[column].insert((finding.place.source.0, finding.place.record_at));
            }
        }
        Tally { found, records: report.summary.records }
    }

    /// A line for each name, those with most records first; the line of all of them last.
    fn write(&self, head: &str, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        let records = self.records;
        let (columns, all) = match style.lang {
            Lang::Zh => ("错误 | 警告 | 提示", format!("全部（{records} 条记录）")),
            Lang::En => ("error | warning | info", format!("all ({records} records)")),
        };
        writeln!(out, "| {head} | {columns} |\n| --- | ---: | ---: | ---: |")?;
        let mut lines: Vec<(&String, &[Records; 3])> = self.found.iter().collect();
        lines.sort_by_key(|(name, found)| (name.is_empty(), Reverse(found.each_ref().map(BTreeSet::len)), *name));
        for (name, found) in lines {
            let name = if name.is_empty() { all.clone() } else { format!("`{}`", visible(name)) };
            writeln!(out, "| {name} | {} |", found.each_ref().map(|found| cell(found.len(), records)).join(" | "))?;
        }
        Ok(())
    }
}

/// `12 (1.50%)`.
fn cell(count: usize, records: usize) -> String {
    let hundredths = (count * 20_000 + records).checked_div(records * 2).unwrap_or(0);
    if count == 0 { "0".to_owned() } else { format!("{count} ({}.{:02}%)", hundredths / 100, hundredths % 100) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_to_hundredths_of_a_percent() {
        assert_eq!(cell(1, 3), "1 (33.33%)");
        assert_eq!(cell(2, 3), "2 (66.67%)");
        assert_eq!(cell(1, 7553), "1 (0.01%)");
        assert_eq!(cell(812, 812), "812 (100.00%)");
        assert_eq!((cell(0, 812), cell(0, 0), cell(2, 0)), ("0".to_owned(), "0".to_owned(), "2 (0.00%)".to_owned()));
    }

    #[test]
    fn a_record_counts_once_for_a_severity() {
        let report = crate::output::sample::report();
        let mut twice = report.clone();
        twice.findings.extend(report.findings.clone());
        let packs = |report: &Report| Tally::of(report, |finding| vec![finding.about.pack.clone()]);
        assert_eq!(packs(&report), packs(&twice));
    }
}
