//! What a rule asks: its limits on a day and before, who says so, examples, and how it is waived.

use super::is_json;
use crate::Exit;
use crate::args::Check;
use crate::check::as_of;
use crate::policies::Ground;
use crate::rules;
use presend::Policy;
use presend::check::disguise;
use presend::finding::About;
use presend::output::clipped;
use presend::policy::{BUNDLED, Case, CaseInput, Expect, Origin, bundled, kind_about};
use presend::time::Time;
use presend::words::{Lang, Words, nearest};
use serde_json::{Value, json};
use std::io::Write;

/// Examples of each sort that are shown.
const EXAMPLES: usize = 3;
/// Rows of a table that are shown.
const ROWS: usize = 8;
/// Characters of a line that are shown.
const LINE: usize = 100;
/// How long the waiver holds that is suggested.
const WAIVED_DAYS: i64 = 30;
/// The pages of all mistakes.
const MISTAKES: [&str; 2] = [include_str!("../../../../docs/mistakes.zh-CN.md"), include_str!("../../../../docs/mistakes.md")];

/// Explains the rule that is named.
pub(super) fn run(args: &Check) -> Result<Exit, Exit> {
    let ground = Ground::new(&args.force)?;
    let named = match args.paths.as_slice() {
        [rule] => rule.to_string_lossy().into_owned(),
        _ => {
            return ground.usage(&Words::fixed(
                "写一条规则的名字：presend explain 规则；或一个问题的指纹：presend explain --finding 指纹 文件",
                "name a rule: presend explain RULE; or a finding: presend explain --finding FINGERPRINT FILES",
            ));
        }
    };
    let now = as_of(args.as_of.as_deref(), &ground)?;
    let policy = ground.policy(&args.force.policy)?;
    let told = |policy: Policy, is_in_force: bool| -> Result<Option<String>, Exit> {
        let asked = Asked::of(policy, &named, (&ground, now, is_in_force))?;
        Ok(asked.map(|asked| if is_json(args) { asked.json() } else { asked.told() }))
    };
    let text = match told(policy, true)? {
        Some(text) => Some(text),
        None => match mistake(&named, ground.lang) {
            Some(text) => Some(text),
            None => told(everything(), false)?,
        },
    };
    let Some(text) = text else { return unknown(&named, &ground, args) };
    // A reader that went away, such as `head`, is no mistake of ours.
    let _gone = std::io::stdout().lock().write_all(text.as_bytes());
    Ok(Exit::Clean)
}

/// Every pack of the program: where a rule is looked for that is not in force.
fn everything() -> Policy {
    let mut policy = Policy::new();
    BUNDLED.iter().for_each(|pack| policy.add_bundled(pack));
    policy
}

fn unknown(named: &str, ground: &Ground, args: &Check) -> Result<Exit, Exit> {
    let own = ground.made(ground.checker(&args.force.policy))?;
    let all = ground.made(ground.compile(everything()))?;
    let codes = MISTAKES[1].lines().filter_map(code);
    let known = own.rules().chain(all.rules()).map(|rule| rule.id.as_str()).chain(codes);
    let guess = nearest(named, known);
    let (zh, en) = guess.map_or(Default::default(), |guess| (format!("，是不是想写 {guess}？"), format!("; did you mean {guess}?")));
    ground.usage(&Words::new(
        format!("没有名为 {named} 的规则{zh}（presend rules 列出全部）"),
        format!("no rule is called {named}{en} (presend rules lists them)"),
    ))
}

/// What the page of mistakes says of a code.
fn mistake(named: &str, lang: Lang) -> Option<String> {
    let page = MISTAKES[usize::from(lang == Lang::En)];
    let row = page.lines().find(|line| code(line) == Some(named))?;
    let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
    let head = Words::fixed("怎么改：", "how to mend it: ");
    Some(format!("{named}\n{}\n{}{}\n", cells.get(1)?, head.say(lang), cells.get(2)?))
}

/// The code a row of the page is about.
fn code(line: &str) -> Option<&str> {
    line.strip_prefix("| `")?.split_once('`').map(|(code, _)| code)
}

/// A rule that was asked for.
struct Asked<'g> {
    ground: &'g Ground,
    rule: About,
    values: Vec<Origin>,
    cases: Vec<Case>,
    may_be_waived: bool,
    is_in_force: bool,
    /// The day, `2026-11-26`.
    today: String,
    /// The last day of a waiver.
    later: String,
}

impl<'g> Asked<'g> {
    fn of(mut policy: Policy, named: &str, (ground, now, is_in_force): (&'g Ground, Time, bool)) -> Result<Option<Asked<'g>>, Exit> {
        let mut origins = policy.origins();
        let checker = ground.made(ground.compile(policy))?;
        let is_meant = |rule: &&About| rule.id == named || named.split_once('/') == Some((&rule.pack, &rule.id));
        let of_program = Some(disguise()).filter(|rule| is_meant(&rule));
        let Some(rule) = of_program.or_else(|| checker.rules().find(is_meant).cloned()) else { return Ok(None) };
        let day = |time: Time| ground.zone.show(time).chars().take("2026-11-26".len()).collect::<String>();
        let later = Time(now.0.saturating_add(WAIVED_DAYS * 86_400_000_000));
        Ok(Some(Asked {
            ground,
            values: origins.remove(&rule.id).unwrap_or_default(),
            cases: checker.cases().iter().filter(|case| case.rule == rule.id).cloned().collect(),
            may_be_waived: checker.may_be_waived(&rule.id),
            is_in_force,
            today: day(now),
            later: day(later),
            rule,
        }))
    }

    fn say(&self, zh: impl Into<String>, en: impl Into<String>) -> String {
        Words::new(zh, en).say(self.ground.lang).to_owned()
    }

    fn told(&self) -> String {
        let (rule, lang) = (&self.rule, self.ground.lang);
        let mut out = format!("{}/{}  {} · {} · {}\n", rule.pack, rule.id, rules::severity(rule), rule.kind, rule.confidence);
        out += &format!("{}\n", rule.summary.say(lang));
        if let Some(about) = kind_about(&rule.kind) {
            out += &format!("{}{}\n", self.say("检查什么：", "what it checks: "), about.say(lang));
        }
        if !rule.help.say(lang).is_empty() {
            out += &format!("\n{}{}\n", self.say("怎么办：", "what to do: "), rule.help.say(lang));
        }
        out + &self.force() + &self.sources() + &self.limits() + &self.set() + &self.examples() + &self.waiver()
    }

    /// Whether it speaks at all, and from when to when.
    fn force(&self) -> String {
        let mut out = String::new();
        if !self.is_in_force {
            let pack = &self.rule.pack;
            let is_default = bundled(pack).is_some_and(|pack| pack.default);
            let with = if is_default { "default" } else { pack };
            out += &self.say(
                format!("现在不生效：它在内置包 {pack} 里，用 --policy {with} 启用\n"),
                format!("not in force: it is in the bundled pack {pack}; --policy {with} puts it in force\n"),
            );
        }
        if self.rule.severity.is_none() {
            out += &self.say(
                "现在关着（severity = \"off\"）：用 [[override]] 给它一个级别\n",
                "it is off (severity = \"off\"); an [[override]] with a severity switches it on\n",
            );
        }
        let (from, until) = &self.rule.effective;
        if from.is_some() || until.is_some() {
            let is_now = from.as_ref().is_none_or(|from| *from <= self.today) && until.as_ref().is_none_or(|until| self.today < *until);
            let today = &self.today;
            let now = match is_now {
                true => self.say(format!("（{today} 生效中）"), format!(" (in force on {today})")),
                false => self.say(format!("（{today} 不生效）"), format!(" (not in force on {today})")),
            };
            let [from, until] = [from, until].map(|day| day.as_deref().unwrap_or("…"));
            out += &format!("{}{from} – {until}{now}\n", self.say("生效：", "effective: "));
        }
        out
    }

    fn sources(&self) -> String {
        let mut out = String::new();
        for source in &self.rule.source {
            let parts = [source.clause.as_deref(), source.basis.as_deref(), source.as_of.as_deref(), source.url.as_deref()];
            let parts: Vec<&str> = parts.into_iter().flatten().collect();
            out += &format!("{}{}（{}）\n", self.say("依据：", "source: "), source.title, parts.join("，"));
        }
        out
    }

    /// Limits that change with the day: which holds now, which held before, which will.
    fn limits(&self) -> String {
        let mut limits = limits(&self.values);
        limits.sort();
        let current = limits.iter().rposition(|limit| limit.holds(&self.today));
        let mut out = String::new();
        for (at, limit) in limits.iter().enumerate() {
            let until = limit.until.or_else(|| limits.get(at + 1).map(|next| next.from)).unwrap_or("…");
            let now = if Some(at) == current {
                self.say(format!("  ← {}", self.today), format!("  ← {}", self.today))
            } else {
                String::new()
            };
            out += &format!("  {} – {until}  max = {}{now}\n", limit.from, limit.max);
        }
        if out.is_empty() { out } else { self.say("\n上限随日期变化：\n", "\nthe limit by day:\n") + &out }
    }

    fn set(&self) -> String {
        let line = |value: &Origin| {
            let why = [value.profile.clone(), value.reason.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ");
            let why = if why.is_empty() { why } else { format!("  # {}", clipped(&why, LINE)) };
            format!("  {} = {}  {}:{}{why}\n", value.path, value.value, value.file, value.position.line)
        };
        let lines: String = self.values.iter().map(line).collect();
        if lines.is_empty() { lines } else { self.say("\n写的是，写在哪里：\n", "\nas it is set, and where:\n") + &lines }
    }

    /// Drafts it must flag and must not, and tables with what must be found in them.
    fn examples(&self) -> String {
        let mut out = String::new();
        for (head, flagged) in [(self.say("会报：", "flagged: "), true), (self.say("不报：", "not flagged: "), false)] {
            drafts(&self.cases, flagged).iter().for_each(|draft| out += &format!("{head}{}\n", clipped(draft, LINE)));
        }
        for case in self.cases.iter().filter(|case| matches!(case.input, CaseInput::Rows { .. })).take(EXAMPLES) {
            out += &format!("{}{}{}\n", self.say("例：", "example: "), clipped(case.name.trim(), LINE), self.expected(case));
            out += &table(case);
        }
        if out.is_empty() { out } else { format!("\n{out}") }
    }

    fn expected(&self, case: &Case) -> String {
        let Expect::Findings(findings) = &case.expect else { return String::new() };
        if findings.is_empty() {
            return self.say(" → 不报", " → not flagged");
        }
        let rows = findings.iter().map(|one| one.row.to_string()).collect::<Vec<_>>();
        self.say(format!(" → 报第 {} 行", rows.join("、")), format!(" → flags row {}", rows.join(", ")))
    }

    /// How to let something stand: ready to be copied, but for the reason.
    fn waiver(&self) -> String {
        if !self.may_be_waived {
            return self.say(
                "\n不许豁免：这条规则写着 waivable = false，只能改内容\n",
                "\ncannot be waived: the rule says waivable = false; change what it flags\n",
            );
        }
        let name = format!("{}/{}", self.rule.pack, self.rule.id);
        let (id, later) = (&self.rule.id, &self.later);
        let block = format!(
            "\n  [[waiver]]\n  rule = \"{name}\"\n  match = {{ account = \"…\" }}\n  reason = \"…\"\n  approved_by = \"…\"\n  expires = {later}\n\n"
        );
        let comment = format!("<!-- presend: ignore {id} reason=\"…\" expires={later} -->");
        let field = format!("{id} reason=…; expires={later}");
        let head = self.say(
            "\n确实要豁免（理由必填；到期那天仍有效，过后检查不通过）。写进政策或 presend.toml：\n",
            "\nto let it stand (a reason is required; the last day still counts, then the run fails), in a policy or presend.toml:\n",
        );
        let text = self.say("文案里，管它所在的行或下面一段：", "in a draft, for its line or the paragraph below: ");
        let row = self.say("表格、JSONL 的 presend_ignore 字段：", "in the field presend_ignore of a row: ");
        format!("{head}{block}{text}{comment}\n{row}{field}\n")
    }

    fn json(&self) -> String {
        let mut object = rules::object(&self.rule, None);
        let value = |value: &Origin| json!({ "path": value.path, "value": value.value, "file": value.file, "line": value.position.line, "reason": value.reason });
        let mut limits = limits(&self.values);
        limits.sort();
        let limit = limits.iter().rev().find(|limit| limit.holds(&self.today)).map(|limit| limit.max);
        if let Value::Object(entries) = &mut object {
            entries.insert("values".to_owned(), self.values.iter().map(value).collect());
            entries.insert("flagged".to_owned(), drafts(&self.cases, true).into());
            entries.insert("not_flagged".to_owned(), drafts(&self.cases, false).into());
            entries.insert("waivable".to_owned(), self.may_be_waived.into());
            entries.insert("in_force".to_owned(), self.is_in_force.into());
            entries.insert("day".to_owned(), self.today.as_str().into());
            entries.insert("max_on_day".to_owned(), limit.into());
        }
        serde_json::to_string_pretty(&object).unwrap_or_default() + "\n"
    }
}

/// A limit and the days it holds.
#[derive(PartialEq, Eq, PartialOrd, Ord, Default)]
struct Limit<'v> {
    from: &'v str,
    until: Option<&'v str>,
    max: &'v str,
}

impl Limit<'_> {
    /// Whether it holds on a day, unless a later one does.
    fn holds(&self, day: &str) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// The dated limits among the values of a rule.
fn limits(values: &[Origin]) -> Vec<Limit<'_>> {
    let mut limits: Vec<(&str, Limit<'_>)> = Vec::new();
    for value in values {
        let Some((entry, key)) = value.path.rsplit_once('.').filter(|(entry, _)| entry.contains(".values.")) else { continue };
        if limits.last().is_none_or(|(known, _)| *known != entry) {
            limits.push((entry, Limit::default()));
        }
        let Some((_, limit)) = limits.last_mut() else { continue };
        let plain = value.value.trim_matches('"');
        match key {
            "from" => limit.from = plain,
            "until" => limit.until = Some(plain),
            "max" => limit.max = plain,
            _ => {}
        }
    }
    limits.into_iter().map(|(_, limit)| limit).collect()
}

/// Drafts that the rule flags, or does not, of its own tests.
fn drafts(cases: &[Case], flagged: bool) -> Vec<&str> {
    let own = cases.iter().filter(|case| matches!(case.expect, Expect::Hit) == flagged);
    let drafts = own.filter_map(|case| match &case.input {
        CaseInput::Draft(text) => Some(text.as_str()),
        CaseInput::Rows { .. } => None,
    });
    drafts.take(EXAMPLES).collect()
}

/// The first lines of a table.
fn table(case: &Case) -> String {
    let CaseInput::Rows { rows, accounts, .. } = &case.input else { return String::new() };
    let text = if rows.trim().is_empty() { accounts.as_deref().unwrap_or_default() } else { rows };
    let lines: Vec<&str> = text.trim().lines().collect();
    let mut out: String = lines.iter().take(ROWS + 1).map(|line| format!("    {}\n", clipped(line, LINE))).collect();
    out += if lines.len() > ROWS + 1 { "    …\n" } else { "" };
    out
}
