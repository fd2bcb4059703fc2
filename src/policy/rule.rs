//! One rule: its words, its conditions, and the kind that checks it.

use super::change::Changed;
use super::file::PolicyFile;
use crate::finding::{About, Citation, Severity};
use crate::kinds::{Building, Check, KINDS, Kind};
use crate::lists::Shelf;
use crate::problem::Problem;
use crate::record::Layout;
use crate::schema::{Key, Problems, Shape};
use crate::select::Select;
use crate::span::Span;
use crate::text::TermsBuilder;
use crate::time::{Time, Zone};
use crate::tree::{Node, Value};
use crate::vocabulary::Vocabulary;
use crate::words::{Words, nearest};
use std::ops::Range;
use std::sync::Arc;

/// A rule that can run.
pub(crate) struct Rule {
    /// What it says of itself.
    pub about: Arc<About>,
    /// The records it looks at.
    pub select: Select,
    /// The kind behind it.
    pub check: Check,
    /// Which table it looks at.
    pub scope: Scope,
    /// Whether it can be waived.
    pub waivable: bool,
    /// First moment in force, first moment no longer.
    pub effective: (Option<Time>, Option<Time>),
}

/// The records a rule looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Drafts and operations.
    Records,
    /// The accounts of the registry.
    Accounts,
}

/// The keys of a rule; besides them it has one sub-table named after its kind.
pub(crate) const RULE: &[Key] = &[
    Key::must("id", Shape::Id, "规则的名字", "the name of the rule"),
    Key::must("severity", SEVERITY, "有多严重", "how much it weighs"),
    Key::may("confidence", Shape::OneOf(&["high", "medium", "low"]), "有多大把握", "how sure it is"),
    Key::may("risk", Shape::OneOf(&["ban", "throttle", "fine", "crime", "reputation"]), "会有什么后果", "what is at stake"),
    Key::may("score", Shape::Whole, "计入风险分", "what it adds to a risk score"),
    Key::must("summary", Shape::Words, "一句话说清楚", "what is wrong, in a few words"),
    Key::may("message", Shape::Words, "每处结果说的话", "what each finding says"),
    Key::may("help", Shape::Words, "应该怎么办", "what to do instead"),
    Key::may("tags", Shape::List(&Shape::Text), "标签", "words to choose rules by"),
    Key::may("effective", Shape::Table(EFFECTIVE), "生效日期", "the days it is in force"),
    Key::may("source", Shape::Tables(SOURCE), "依据", "who says so"),
    Key::may("waivable", Shape::Flag, "能不能豁免，默认能", "whether it can be waived; true if not given"),
    Key::may("match", Shape::Match, "看哪些记录", "the records it looks at"),
    Key::may("fix", Shape::Table(FIX), "怎么改", "what would end it"),
    EXAMPLES[0],
    EXAMPLES[1],
    EXAMPLES[2],
];

/// How much a rule can weigh.
pub(super) const SEVERITY: Shape = Shape::OneOf(&["error", "warning", "info", "off"]);

/// The tests a rule can carry.
pub(super) const EXAMPLES: [Key; 3] = [
    Key::may("valid", Shape::List(&Shape::AnyText), "不该报的例子", "drafts it must not flag"),
    Key::may("invalid", Shape::List(&Shape::AnyText), "该报的例子", "drafts it must flag"),
    Key::may("test", Shape::Tables(TEST), "带时间的例子", "examples with times"),
];

const EFFECTIVE: &[Key] = &[
    Key::may("from", Shape::Day, "从哪一天起", "the first day"),
    Key::may("until", Shape::Day, "到哪一天为止（不含）", "the first day no longer"),
];

const SOURCE: &[Key] = &[
    Key::must("title", Shape::Text, "法律、规则或书名", "the law, the rules or the book"),
    Key::may("clause", Shape::Text, "条款", "the clause"),
    Key::may("url", Shape::Text, "网址", "where it can be read"),
    Key::may("basis", Shape::OneOf(&["law", "platform", "textbook", "community", "house"]), "哪一类依据", "what sort of source it is"),
    Key::may("as_of", Shape::Day, "截至哪一天", "the day it was read"),
    Key::may("confidence", Shape::OneOf(&["high", "medium", "low"]), "有多可靠", "how sure the source is"),
];

const FIX: &[Key] = &[
    Key::must("replace", Shape::AnyText, "换成什么", "what to write instead"),
    Key::may("safety", Shape::OneOf(&["safe", "unsafe", "suggest"]), "能不能直接改", "how safe it is to apply"),
];

const TEST: &[Key] = &[
    Key::may("name", Shape::Text, "这个例子说明什么", "what it shows"),
    Key::may("rows", Shape::AnyText, "操作，CSV", "operations, as CSV"),
    Key::may("accounts", Shape::AnyText, "账号登记，CSV", "the registry, as CSV"),
    Key::may("history", Shape::AnyText, "已发送的操作，CSV", "what was already sent, as CSV"),
    Key::may("as_of", Shape::Day, "当作哪一天", "the day it is run on"),
    Key::must("expect", Shape::AnyTables(EXPECT), "应有的结果", "the findings there must be"),
];

pub(super) const EXPECT: &[Key] = &[
    Key::must("row", Shape::Whole, "在第几行，表头不算", "the row, the header not counted"),
    Key::may("count", Shape::Whole, "数到多少", "what is counted"),
    Key::may("rows", Shape::Whole, "有几行超限", "how many rows break the limit"),
];

/// Builds the rules of one file.
pub(crate) struct Maker<'a> {
    /// The file.
    pub file: &'a PolicyFile,
    /// What is written in it.
    pub text: &'a str,
    /// All declared words.
    pub words: &'a Vocabulary,
    /// The columns of the run.
    pub layout: &'a mut Layout,
    /// The terms of all rules.
    pub terms: &'a mut TermsBuilder,
    /// The lists of all packs.
    pub shelf: &'a Shelf,
    /// The zone of a pack that names none.
    pub zone: &'a Zone,
    /// Where mistakes go.
    pub problems: &'a mut Vec<Problem>,
}

impl Maker<'_> {
    /// Every rule that could be built; mistakes are reported.
    pub(crate) fn rules(&mut self) -> Vec<Rule> {
        let Some(node) = self.file.root.get("rule") else { return Vec::new() };
        let Value::List(rules) = &node.value else {
            let words = Words::fixed("规则要写成 [[rule]]", "rules are written as [[rule]]");
            self.problems.push(Problem::error("policy-wrong-type", self.file.source, node.span, words));
            return Vec::new();
        };
        if rules.is_empty() {
            let words = Words::fixed("一条规则也没有", "there is no rule in it");
            self.problems.push(Problem::error("policy-empty-list", self.file.source, node.span, words));
        }
        rules.iter().enumerate().filter_map(|(number, node)| self.in_force(number, node)).collect()
    }

    /// A rule as it stands, or as others changed it.
    fn in_force(&mut self, number: usize, node: &Node) -> Option<Rule> {
        let known = self.problems.len();
        let rule = self.rule(node);
        if let Some(changed) = self.file.changed.get(&number).filter(|_| self.problems.len() > known) {
            self.blame(changed, known);
        }
        rule
    }

    /// What was not wrong with a rule before it was changed is blamed on the change, not on the pack it is from.
    fn blame(&mut self, changed: &Changed, known: usize) {
        let said = self.apart(&changed.original);
        for problem in &mut self.problems[known..] {
            let is_there = changed.marks.iter().any(|mark| mark.value.reaches(problem.span) || mark.at == problem.span);
            let was_there = said.iter().any(|said| (said.code, said.span) == (problem.code, problem.span));
            if let Some(last) = changed.marks.last().filter(|_| !is_there && !was_there) {
                problem.span = last.at;
            }
        }
    }

    /// What is wrong with a rule that is built for nothing else.
    pub(crate) fn apart(&self, rule: &Node) -> Vec<Problem> {
        let (mut layout, mut terms, mut problems) = (Layout::new(self.words), TermsBuilder::default(), Vec::new());
        let mut maker = Maker { layout: &mut layout, terms: &mut terms, problems: &mut problems, ..*self };
        maker.rule(rule);
        problems
    }

    fn rule(&mut self, node: &Node) -> Option<Rule> {
        let known = self.problems.len();
        let kind = self.check(node);
        let checked = self.problems.len();
        if self.file.is_broken() || !matches!(node.value, Value::Table(_)) {
            return None;
        }
        let rule = self.build(node, kind);
        drop_consequences(node, self.problems, known..checked);
        rule
    }

    /// The rule, if it is whole; what is wrong with the meaning of its values is reported.
    fn build(&mut self, node: &Node, kind: Option<&'static Kind>) -> Option<Rule> {
        let zone = self.pack_zone();
        let lists = self.shelf.seen_by(&self.file.pack);
        let mut problems = Problems { source: self.file.source, text: self.text, words: self.words, found: self.problems };
        super::cases::check(node, &mut problems);
        self.layout.asked_of(None);
        let select = node.get("match").map_or_else(Select::default, |node| Select::build(node, self.layout, &mut problems));
        let effective = effective(node, &zone, &mut problems);
        let kind = kind?;
        let sub = node.get(kind.name)?;
        check_message(node, kind, &mut problems);
        check_days(sub, effective, &zone, &mut problems);
        let mut building = Building {
            node: sub,
            words: self.words,
            layout: self.layout,
            zone: &zone,
            lists: &lists,
            terms: self.terms,
            problems: &mut problems,
        };
        let check = (kind.build)(&mut building)?;
        let about = Arc::new(about(node, kind, &self.file.pack));
        let scope = scope(&check, &select);
        node.get("id")?;
        let waivable = node.get("waivable").and_then(Node::flag) != Some(false);
        self.layout.asked_of(select.actions());
        Some(Rule { about, select, check, scope, waivable, effective })
    }

    /// Checks the keys of a rule and gives its kind, if it has exactly one.
    fn check(&mut self, node: &Node) -> Option<&'static Kind> {
        let mut problems = Problems { source: self.file.source, text: self.text, words: self.words, found: self.problems };
        let kinds: Vec<&Kind> = KINDS.iter().filter(|kind| node.get(kind.name).is_some()).collect();
        if !self.file.proven {
            let kinds = KINDS.iter().map(|kind| Key { name: kind.name, shape: kind.shape, required: false, about: kind.about });
            problems.table(node, &RULE.iter().copied().chain(kinds).collect::<Vec<Key>>(), node.span);
        }
        match kinds.as_slice() {
            [kind] => Some(kind),
            [] if node.entries().iter().any(|(key, _)| is_slip(&key.name)) || !matches!(node.value, Value::Table(_)) => None,
            [] => {
                let known = KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>().join(" ");
                let words = Words::fixed("这条规则没有说检查什么", "this rule has no kind");
                problems.add("policy-no-kind", node.span, words).help =
                    Words::new(format!("写上其中一个子表：{known}"), format!("give it one of the sub-tables: {known}"));
                None
            }
            [first, second, ..] => {
                let span = node
                    .entries()
                    .iter()
                    .filter(|(key, _)| KINDS.iter().any(|kind| kind.name == key.name))
                    .nth(1)
                    .map_or(node.span, |(key, _)| key.span);
                let words = Words::new(
                    format!("一条规则只能有一种检查，这里有 `{}` 和 `{}`", first.name, second.name),
                    format!("a rule has one kind; this one has `{}` and `{}`", first.name, second.name),
                );
                problems.add("policy-two-kinds", span, words).help = Words::fixed("拆成两条规则", "make it two rules");
                None
            }
        }
    }

    fn pack_zone(&self) -> Zone {
        self.file.zone().unwrap_or_else(|| self.zone.clone())
    }
}

/// Whether a key looks like a misspelt kind.
fn is_slip(key: &str) -> bool {
    RULE.iter().all(|known| known.name != key) && nearest(key, KINDS.iter().map(|kind| kind.name)).is_some()
}

/// Of a rule's mistakes, those that only follow from mistakes in its shape (`known`) are not said as well: that a table says nothing
/// because its one key is misspelt, that a value is missing because it could not be read.
fn drop_consequences(rule: &Node, problems: &mut Vec<Problem>, known: Range<usize>) {
    let shape: Vec<(&str, Span)> = problems[known.clone()].iter().map(|problem| (problem.code, problem.span)).collect();
    let follows = |problem: &Problem, (code, span): (&str, Span)| {
        let same = problem.span == span;
        let hollow = problem.code == "policy-never-fires" || problem.code == "policy-missing-key" && code == "policy-unknown-key";
        same || hollow && holds(rule, problem.span, span)
    };
    let meant = problems.split_off(known.end);
    problems.extend(meant.into_iter().filter(|problem| !shape.iter().any(|shape| follows(problem, *shape))));
}

/// Whether what stands at a span holds another span. Tables with a header stand at their header.
fn holds(node: &Node, outer: Span, inner: Span) -> bool {
    let mut below = node.entries().iter().map(|(_, node)| node).chain(node.items());
    if node.span == outer { node.reaches(inner) } else { below.any(|node| holds(node, outer, inner)) }
}

/// Rules of one id make each other unreachable in waivers, tests and reports.
pub(super) fn report_duplicates(files: &[PolicyFile], problems: &mut Vec<Problem>) {
    let mut seen = std::collections::HashSet::new();
    for file in files.iter().filter(|file| !file.is_broken()) {
        for id in file.root.get("rule").map(Node::items).unwrap_or_default().iter().filter_map(|rule| rule.get("id")) {
            let Some(name) = id.text().filter(|name| !name.is_empty()) else { continue };
            if !seen.insert(name) {
                let words = Words::new(format!("规则 `{name}` 写了两次"), format!("the rule `{name}` is given twice"));
                problems.push(Problem::error("policy-duplicate-id", file.source, id.span, words));
            }
        }
    }
}

/// A rule looks at accounts when nothing it reads or asks is a field of records.
fn scope(check: &Check, select: &Select) -> Scope {
    let facts = match check {
        Check::Each(check) => check.slots().iter().all(|slot| slot.fact),
        Check::Series(check) => check.group_by().iter().chain(check.needs()).all(|slot| slot.fact) && !check.needs_time(),
    };
    if facts && !select.looks_at_record() { Scope::Accounts } else { Scope::Records }
}

fn effective(node: &Node, zone: &Zone, problems: &mut Problems<'_>) -> (Option<Time>, Option<Time>) {
    let Some(effective) = node.get("effective") else { return (None, None) };
    let day = |name: &str| effective.get(name).and_then(Node::scalar).and_then(|day| zone.midnight(&day));
    let (from, until) = (day("from"), day("until"));
    if let (Some(first), Some(after)) = (from, until)
        && first >= after
    {
        problems.add(
            "policy-never-fires",
            effective.span,
            Words::fixed("结束不晚于开始，这条规则永远不会生效", "it ends before it begins; the rule could never fire"),
        );
    }
    (from, until)
}

/// A rule that is in force has a limit, and its limits fall into the days it is in force.
fn check_days(sub: &Node, (from, until): (Option<Time>, Option<Time>), zone: &Zone, problems: &mut Problems<'_>) {
    let first = |value: &Node| Some((value.get("from")?.span, zone.midnight(&value.get("from")?.scalar()?)?));
    let firsts: Vec<(Span, Time)> = sub.get("values").map(Node::items).unwrap_or_default().iter().filter_map(first).collect();
    if let (Some(from), Some((span, earliest))) = (from, firsts.iter().min_by_key(|(_, first)| *first))
        && *earliest > from
    {
        let words = Words::fixed("规则先生效，上限后生效，中间没有上限", "the rule is in force before its first limit is");
        problems.add("policy-gap", *span, words).help =
            Words::fixed("和 `effective.from` 写成同一天", "make it the day of `effective.from`");
    }
    for (span, _) in firsts.iter().filter(|(_, first)| until.is_some_and(|until| *first >= until)) {
        let words = Words::fixed("规则那时已经失效，这个上限永远不会生效", "the rule has ended by then; this limit is never in force");
        problems.add("policy-never-fires", *span, words);
    }
}

/// Placeholders of a message must be ones the kind fills.
fn check_message(node: &Node, kind: &Kind, problems: &mut Problems<'_>) {
    let Some(message) = node.get("message") else { return };
    let strings = message.entries().iter().map(|(_, node)| node).chain(message.text().map(|_| message));
    for node in strings {
        for name in placeholders(node.text().unwrap_or_default()) {
            if !kind.parts.contains(&name) {
                let words = Words::new(format!("`{}` 不提供 {{{name}}}", kind.name), format!("`{}` has no {{{name}}}", kind.name));
                problems.add_slip(("policy-unknown-placeholder", node.span), words, (name, kind.parts.iter().copied()));
            }
        }
    }
}

fn placeholders(text: &str) -> Vec<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|part| Some(part.split_once('}')?.0))
        .filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && name.contains(|c: char| c.is_ascii_alphabetic()))
        .collect()
}

fn about(node: &Node, kind: &Kind, pack: &str) -> About {
    let text = |name: &str| node.get(name).and_then(Node::text).map(str::to_owned);
    let day = |table: Option<&Node>, name: &str| table.and_then(|table| table.get(name)).and_then(Node::scalar);
    let effective = node.get("effective");
    let summary = words(node.get("summary"));
    About {
        id: text("id").unwrap_or_default(),
        pack: pack.to_owned(),
        kind: kind.name.to_owned(),
        severity: text("severity").and_then(|name| Severity::named(&name)),
        confidence: text("confidence").unwrap_or_else(|| "high".to_owned()),
        risk: text("risk"),
        score: node.get("score").and_then(Node::integer),
        message: message(node, kind, &summary),
        summary,
        help: words(node.get("help")),
        source: node.get("source").map(Node::items).unwrap_or_default().iter().map(citation).collect(),
        tags: node.get("tags").map(Node::items).unwrap_or_default().iter().filter_map(|tag| tag.text().map(str::to_owned)).collect(),
        effective: (day(effective, "from"), day(effective, "until")),
    }
}

/// The rule's own message, or its summary with what the kind found; settings of the rule are filled in.
fn message(node: &Node, kind: &Kind, summary: &Words) -> Words {
    let own = words(node.get("message"));
    let joined =
        |summary: &str, rest: &str, colon: &str| if rest.is_empty() { summary.to_owned() } else { format!("{summary}{colon}{rest}") };
    let template = if own.is_empty() {
        Words::new(joined(&summary.zh, &kind.message.zh, "："), joined(&summary.en, &kind.message.en, ": "))
    } else {
        own
    };
    let setting = |name: &str, zh: bool| {
        // `{max}` is the limit in force where a rule is broken; `{limit}` is the share as the policy writes it.
        let key = if name == "limit" { "max" } else { name };
        let value = node.get(kind.name)?.get(key)?.scalar()?;
        let period = match (value.as_str(), zh) {
            ("day", true) => "自然日",
            ("week", true) => "自然周",
            ("month", true) => "自然月",
            _ => &value,
        };
        matches!(name, "timespan" | "period" | "min" | "field" | "limit").then(|| period.to_owned())
    };
    Words::new(
        crate::finding::fill(&template.zh, |name| setting(name, true)),
        crate::finding::fill(&template.en, |name| setting(name, false)),
    )
}

fn citation(node: &Node) -> Citation {
    let text = |name: &str| node.get(name).and_then(Node::scalar);
    Citation {
        title: text("title").unwrap_or_default(),
        clause: text("clause"),
        url: text("url"),
        basis: text("basis"),
        as_of: text("as_of"),
    }
}

/// Words for people; a plain string stands for both languages.
fn words(node: Option<&Node>) -> Words {
    let Some(node) = node else { return Words::default() };
    if let Some(text) = node.text() {
        return Words::same(text);
    }
    let text = |name: &str| node.get(name).and_then(Node::text);
    let (zh, en) = (text("zh").or(text("en")), text("en").or(text("zh")));
    Words::new(zh.unwrap_or_default(), en.unwrap_or_default())
}
