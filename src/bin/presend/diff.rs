//! `presend policy diff`: what a change of policies changes, in them and in what they find.

use crate::Exit;
use crate::args::{Diff, ListFormat};
use crate::check::{as_of, beforehand, write};
use crate::locale::say;
use crate::policies::Ground;
use crate::rules;
use presend::check::{Checker, Input};
use presend::finding::{About, Finding};
use presend::input::Role;
use presend::output::{OUTPUTS, Style, clipped};
use presend::policy::{Difference, Differing, Side, What};
use presend::report::{Report, Shift};
use presend::words::{Lang, Words};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::io::Write as _;

/// Characters of a value that are shown.
const VALUE: usize = 60;
/// Words of a list that are shown.
const WORDS: usize = 40;
/// Findings of each sort that are shown to people; programs get all.
const FINDINGS: usize = 100;

/// Runs the verb.
pub(crate) fn run(args: &Diff) -> Exit {
    try_run(args).unwrap_or_else(|exit| exit)
}

fn try_run(args: &Diff) -> Result<Exit, Exit> {
    let ground = Ground::new(&args.force)?;
    let named = |one: &String| -> Vec<String> { args.force.policy.iter().chain([one]).cloned().collect() };
    let (mut old, mut new) = (ground.gathered(&named(&args.old))?, ground.gathered(&named(&args.new))?);
    ground.choose(&mut [&mut old, &mut new])?;
    let differences = old.differences(&mut new);
    let [old, new] = [ground.compile(old), ground.compile(new)].map(|checker| ground.made(checker));
    let sides = Sides { old: old?, new: new?, lang: ground.lang };
    let verdicts = if args.corpus.is_empty() { None } else { Some(Verdicts::of(args, &ground, &sides)?) };
    let differs = verdicts.as_ref().map_or(!differences.is_empty(), |verdicts| !verdicts.shift.is_empty());
    let text = match args.format {
        ListFormat::Json => {
            let found = verdicts.map(|verdicts| verdicts.json(ground.style));
            let changes: Vec<Value> = differences.iter().map(|difference| sides.json(difference)).collect();
            let all = json!({ "schema": "presend.policy-diff/v1", "differences": changes, "findings": found });
            serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
        }
        ListFormat::Human => sides.told(&differences) + &verdicts.map(|verdicts| verdicts.told(ground.style)).unwrap_or_default(),
    };
    // A reader that went away, such as `head`, is no mistake of ours.
    let _gone = std::io::stdout().lock().write_all(text.as_bytes());
    Ok(if differs { Exit::Findings } else { Exit::Clean })
}

/// `+` for what is new, `-` for what is gone, `~` for what changed.
fn sign(side: Side) -> char {
    match side {
        Side::Added => '+',
        Side::Removed => '-',
        Side::Changed => '~',
    }
}

/// The rules of both policies, to say what a difference is about.
struct Sides {
    old: Checker,
    new: Checker,
    lang: Lang,
}

impl Sides {
    fn told(&self, differences: &[Difference]) -> String {
        let mut out = String::new();
        for difference in differences {
            let _ = writeln!(out, "{} {}", sign(difference.side), self.head(difference));
            if difference.side == Side::Changed || matches!(difference.what, What::List | What::Waiver) {
                difference.values.iter().for_each(|value| out.push_str(&self.value(value)));
            }
        }
        out + &self.summary(differences)
    }

    fn say(&self, zh: impl Into<String>, en: impl Into<String>) -> String {
        Words::new(zh, en).say(self.lang).to_owned()
    }

    /// What a difference is about.
    fn head(&self, difference: &Difference) -> String {
        let name = clipped(&difference.name, VALUE);
        match difference.what {
            What::Rule => {
                self.about(difference).map_or_else(|| name.to_string(), |rule| rules::line(rule, self.lang).trim_end().to_owned())
            }
            What::List => self.say(format!("词表 {name}"), format!("list {name}")),
            What::Waiver => self.say(format!("豁免 {name}"), format!("waiver of {name}")),
            What::Pack => self.say(format!("包 {name}"), format!("pack {name}")),
        }
    }

    /// What a rule says of itself: the new one, or the old one when it is gone.
    fn about(&self, difference: &Difference) -> Option<&About> {
        let side = if difference.side == Side::Removed { &self.old } else { &self.new };
        side.rules().find(|rule| difference.what == What::Rule && rule.id == difference.name)
    }

    /// A value that differs: of a list what came and what went.
    fn value(&self, value: &Differing) -> String {
        let path = clipped(&value.path, VALUE);
        let place = value.place.as_ref().map(|(file, at)| format!("  {}:{}", clipped(file, VALUE), at.line)).unwrap_or_default();
        let why = value.reason.as_ref().map(|reason| format!("  # {}", clipped(&one_line(reason), VALUE))).unwrap_or_default();
        let shown = |values: &[String], other: Option<&String>| {
            let list: Vec<String> = values.iter().take(WORDS).map(|text| around(text, other)).collect();
            let more = if values.len() > WORDS { format!(" … ({})", values.len()) } else { String::new() };
            list.join(" ") + &more
        };
        let told = match (value.old.as_slice(), value.new.as_slice()) {
            ([old], [new]) if !value.is_list => format!("{path}: {} → {}", shown(&value.old, Some(new)), shown(&value.new, Some(old))),
            (old, new) => {
                let part = |sign: &str, values: &[String]| {
                    if values.is_empty() { String::new() } else { format!("  {sign} {}", shown(values, None)) }
                };
                format!("{path}:{}{}", part("+", new), part("-", old))
            }
        };
        format!("    {told}{place}{why}\n")
    }

    fn summary(&self, differences: &[Difference]) -> String {
        let count = |what: What, side: Side| differences.iter().filter(|one| (one.what, one.side) == (what, side)).count();
        let of = |zh: &str, en: &str, what: What| {
            let [added, removed, changed] = [Side::Added, Side::Removed, Side::Changed].map(|side| count(what, side));
            (added + removed + changed > 0).then(|| {
                let zh = format!("{zh}：新增 {added}，去掉 {removed}，改动 {changed}");
                self.say(zh, format!("{en}: {added} added, {removed} removed, {changed} changed"))
            })
        };
        let parts = [
            of("规则", "rules", What::Rule),
            of("词表", "lists", What::List),
            of("豁免", "waivers", What::Waiver),
            of("包", "packs", What::Pack),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        match parts.is_empty() {
            true => self.say("两份政策没有差别\n", "the policies say the same\n"),
            false => parts.join("\n") + "\n",
        }
    }

    fn json(&self, difference: &Difference) -> Value {
        let what = match difference.what {
            What::Rule => "rule",
            What::List => "list",
            What::Waiver => "waiver",
            What::Pack => "pack",
        };
        let side = match difference.side {
            Side::Added => "added",
            Side::Removed => "removed",
            Side::Changed => "changed",
        };
        let value = |value: &Differing| {
            let (file, at) = value.place.as_ref().map_or((None, None), |(file, at)| (Some(file), Some(at)));
            json!({
                "path": value.path, "list": value.is_list, "old": value.old, "new": value.new,
                "file": file, "line": at.map(|at| at.line), "column": at.map(|at| at.column), "reason": value.reason,
            })
        };
        json!({
            "what": what, "side": side, "name": difference.name, "values": difference.values.iter().map(value).collect::<Vec<Value>>(),
            "rule": self.about(difference).map(|rule| rules::object(rule, None)),
        })
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A value on one line; of a long one that is replaced, the place where the two part.
fn around(text: &str, other: Option<&String>) -> String {
    let (text, other) = (one_line(text), other.map(|other| one_line(other)).unwrap_or_default());
    let alike = text.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let start = if alike + VALUE / 3 > VALUE { alike - VALUE / 3 } else { 0 };
    let rest: String = text.chars().skip(start).collect();
    format!("{}{}", if start > 0 { "…" } else { "" }, clipped(&rest, VALUE))
}

/// What both policies find in the same files.
struct Verdicts {
    old: Report,
    new: Report,
    shift: Shift,
}

impl Verdicts {
    fn of(args: &Diff, ground: &Ground, sides: &Sides) -> Result<Verdicts, Exit> {
        if args.corpus.iter().any(|path| path.as_os_str() == "-") {
            return ground.usage(&Words::fixed(
                "--corpus 要读两遍，不能是标准输入：给出文件或文件夹",
                "--corpus is read twice and cannot be standard input: name files or folders",
            ));
        }
        let day = as_of(args.as_of.as_deref(), ground)?;
        let check = |checker: &Checker, speaks: bool| {
            let mut found = beforehand(&args.beside, ground);
            args.corpus.iter().for_each(|path| found.add(path, Role::Plan, None));
            found.unreadable.iter().chain(&found.notes).filter(|_| speaks).for_each(|words| say(ground.lang, words));
            let mut input = Input::new();
            input.as_of = Some(day);
            input.jobs = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
            let unreadable = !found.unreadable.is_empty();
            found.files.into_iter().for_each(|file| input.add(file));
            if unreadable { Err(Exit::Input) } else { Ok(checker.check(input)) }
        };
        let (old, new) = (check(&sides.old, true)?, check(&sides.new, false)?);
        if new.summary.records == 0 {
            return ground.input(&Words::fixed("输入里没有可检查的记录", "the input holds no record to check"));
        }
        let shift = Shift::between(&old, &new);
        Ok(Verdicts { old, new, shift })
    }

    fn told(mut self, style: Style) -> String {
        let style = Style { color: false, ..style };
        let say = |zh: String, en: String| Words::new(zh, en).say(style.lang).to_owned();
        let (records, Shift { appeared, disappeared, reweighed }) = (self.new.summary.records, self.shift.clone());
        let mut out = String::from("\n");
        let waived: BTreeSet<u64> = waived(&self.new, &disappeared);
        let gone: BTreeSet<u64> = disappeared.difference(&waived).copied().collect();
        let parts = [
            ("+", lines(&mut self.new, &appeared, "concise", style)),
            ("-", lines(&mut self.old, &gone, "concise", style)),
            ("-", lines(&mut self.new, &waived, "concise", style)),
            ("~", self.turned(&reweighed, style)),
        ];
        for (sign, lines) in parts {
            lines.iter().take(FINDINGS).for_each(|line| out.push_str(&format!("{sign} {line}\n")));
            if let Some(more) = lines.len().checked_sub(FINDINGS).filter(|more| *more > 0) {
                let zh = format!("{sign} …还有 {more} 处（--format json 列出全部）\n");
                out.push_str(&say(zh, format!("{sign} … {more} more (--format json lists all)\n")));
            }
        }
        for (rule, [come, gone]) in by_rule(&self, &appeared, &disappeared) {
            let _ = writeln!(out, "  {:<28} +{come} -{gone}", clipped(&rule, VALUE));
        }
        let (come, gone, turned) = (appeared.len(), disappeared.len(), reweighed.len());
        out + &say(
            format!("{records} 条记录：新出现 {come} 处，不再出现 {gone} 处，级别改变 {turned} 处\n"),
            format!("{records} records: {come} findings appear, {gone} disappear, {turned} change their severity\n"),
        )
    }

    /// Findings of another severity, each with the one it had.
    fn turned(&mut self, prints: &BTreeSet<u64>, style: Style) -> Vec<String> {
        let severities: HashMap<u64, &str> =
            self.old.findings.iter().map(|finding| (finding.fingerprint, finding.severity.name())).collect();
        let meant = self.new.findings.iter().filter(|finding| prints.contains(&finding.fingerprint));
        let was: Vec<&str> = meant.map(|finding| severities.get(&finding.fingerprint).copied().unwrap_or_default()).collect();
        let lines = lines(&mut self.new, prints, "concise", style);
        lines
            .iter()
            .zip(was)
            .map(|(line, was)| line.clone() + Words::new(format!("（原为 {was}）"), format!(" (was {was})")).say(style.lang))
            .collect()
    }

    fn json(mut self, style: Style) -> Value {
        let Shift { appeared, disappeared, reweighed } = self.shift.clone();
        let waived = waived(&self.new, &disappeared);
        let gone: BTreeSet<u64> = disappeared.difference(&waived).copied().collect();
        let records = self.new.summary.records;
        let objects = |report: &mut Report, prints: &BTreeSet<u64>| -> Vec<Value> {
            lines(report, prints, "jsonl", style).iter().filter_map(|line| serde_json::from_str(line).ok()).collect()
        };
        let was: BTreeMap<String, &str> =
            self.old.findings.iter().map(|finding| (finding.fingerprint_text(), finding.severity.name())).collect();
        let mut turned = objects(&mut self.new, &reweighed);
        for finding in &mut turned {
            finding["was"] = finding["fingerprint"].as_str().and_then(|print| was.get(print).copied()).into();
        }
        let mut left = objects(&mut self.old, &gone);
        left.extend(objects(&mut self.new, &waived));
        json!({ "records": records, "appeared": objects(&mut self.new, &appeared), "disappeared": left, "reweighed": turned })
    }
}

/// Those that are there, but waived.
fn waived(report: &Report, prints: &BTreeSet<u64>) -> BTreeSet<u64> {
    report.waived.iter().map(|finding| finding.fingerprint).filter(|print| prints.contains(print)).collect()
}

/// How many findings of each rule come and go.
fn by_rule(verdicts: &Verdicts, appeared: &BTreeSet<u64>, disappeared: &BTreeSet<u64>) -> BTreeMap<String, [usize; 2]> {
    let mut counts: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for (at, report, prints) in [(0, &verdicts.new, appeared), (1, &verdicts.old, disappeared)] {
        for finding in report.findings.iter().filter(|finding| prints.contains(&finding.fingerprint)) {
            counts.entry(finding.about.id.clone()).or_default()[at] += 1;
        }
    }
    counts
}

/// The lines that a format writes of some findings of a report.
fn lines(report: &mut Report, prints: &BTreeSet<u64>, format: &str, style: Style) -> Vec<String> {
    let is_meant = |finding: &Finding| prints.contains(&finding.fingerprint);
    let apart = |findings: &mut Vec<Finding>| std::mem::take(findings).into_iter().partition::<Vec<_>, _>(is_meant);
    let ((meant, others), (waived, unmeant)) = (apart(&mut report.findings), apart(&mut report.waived));
    (report.findings, report.waived, report.shows_waived) = (meant, waived, true);
    let mut out = Vec::new();
    if let Some(output) = OUTPUTS.iter().find(|output| output.name == format) {
        // Writing to memory cannot fail.
        let _ = write(output, report, style, &mut out);
    }
    report.findings.extend(others);
    report.waived.extend(unmeant);
    String::from_utf8_lossy(&out).lines().map(str::to_owned).collect()
}
