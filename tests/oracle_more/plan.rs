//! Random plans: a few accounts and targets, close together, around the hours in which clocks and months change.

use crate::clock::{SUMMER, show};
use presend::input::Role;
use presend::source::Source;
use presend::time::Zone;
use presend::{Checker, Input, InputFile, Policy, Report};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

/// What is done.
pub(crate) const ACTIONS: [&str; 3] = ["send_message", "broadcast", "accept_friend"];

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Operation {
    pub time: Option<i64>,
    pub action: &'static str,
    pub account: Option<&'static str>,
    pub target: Option<&'static str>,
    pub promo: bool,
    pub count: Option<i64>,
    pub text: String,
}

/// The history, and the files of the plan.
pub(crate) type Plan = Vec<Vec<Operation>>;

/// A place: the file, 0 is the history, and the row in it.
pub(crate) type Place = (usize, usize);

fn moments() -> impl Strategy<Value = i64> {
    // Midnight of 1 April in Shanghai, of 1 November in New York; summer time begins and ends; a Friday noon.
    let starts = [1_774_972_800, 1_793_505_600, SUMMER[0], SUMMER[1], 1_774_584_000];
    (select(starts.to_vec()), -24..24i64, select(vec![60, 300, 900, 3600, 14_400]), select(vec![0, 0, 0, 1, -1]))
        .prop_map(|(start, steps, step, beside)| start + steps * step + beside)
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::collection::vec(select("aabbcA中".chars().collect::<Vec<_>>()), 0..9).prop_map(String::from_iter),
        2 => (select(vec!['x', 'y', 'Z']), select(vec!["abcabca", "abcabcb"])).prop_map(|(first, rest)| format!("{first}{rest}")),
    ]
}

fn operation() -> impl Strategy<Value = Operation> {
    let names = (weighted(0.95, select(vec!["a", "b"])), weighted(0.95, select(vec!["t1", "t2", "t3", "t4"])));
    let rest = (any::<bool>(), weighted(0.2, select(vec![0, 1, 2, 5])), texts());
    (weighted(0.97, moments()), select(ACTIONS.to_vec()), names, rest).prop_map(|(time, action, names, rest)| Operation {
        time,
        action,
        account: names.0,
        target: names.1,
        promo: rest.0,
        count: rest.1,
        text: rest.2,
    })
}

/// A plan of one or two files and at most so many operations of history.
pub(crate) fn plans(history: usize) -> impl Strategy<Value = Plan> {
    let file = |most| prop::collection::vec(operation(), 0..=most);
    (file(history), file(30), file(20)).prop_map(|(history, one, other)| vec![history, one, other])
}

/// A plan of one file in which no two moments are the same.
pub(crate) fn plans_without_ties() -> impl Strategy<Value = Plan> {
    plans(0).prop_map(|mut plan| {
        let mut taken = std::collections::BTreeSet::new();
        plan[1].retain(|row| row.time.is_some_and(|time| taken.insert(time)));
        vec![Vec::new(), plan[1].clone()]
    })
}

/// All operations in the order of time, file and row, each with its place; those without a time are not in it.
pub(crate) fn in_order(plan: &Plan) -> Vec<(Place, &Operation)> {
    let file = |(number, rows): (usize, &'_ Vec<Operation>)| (0..rows.len()).map(move |row| (number, row)).collect::<Vec<_>>();
    let places = plan.iter().enumerate().flat_map(file);
    let mut all: Vec<(Place, &Operation)> = places.map(|place| (place, &plan[place.0][place.1])).collect();
    all.retain(|(_, row)| row.time.is_some());
    all.sort_by_key(|(place, row)| (row.time, *place));
    all
}

/// A file of operations.
pub(crate) fn csv(rows: &[Operation]) -> String {
    let mut out = "time,action,account,target,promo,count,text\n".to_owned();
    for row in rows {
        let time = row.time.map(show).unwrap_or_default();
        let count = row.count.map_or(String::new(), |count| count.to_string());
        let (account, target) = (row.account.unwrap_or_default(), row.target.unwrap_or_default());
        out += &format!("{time},{},{account},{target},{},{count},{}\n", row.action, row.promo, row.text);
    }
    out
}

/// A policy ready to run.
pub(crate) fn compile(policy: &str) -> Result<Checker, Box<Report>> {
    let mut all = Policy::new();
    all.add(Source::new("p.toml", policy), &|_| None);
    all.compile(&Zone::default())
}

/// A policy of one rule, named `r`.
pub(crate) fn policy(kind: &str) -> String {
    format!("schema = 1\n[[rule]]\nid = \"r\"\nseverity = \"error\"\nsummary = \"s\"\n{kind}\n")
}

/// What a rule says of a plan.
pub(crate) fn check(kind: &str, plan: &Plan, jobs: usize) -> Report {
    let policy = policy(kind);
    let checker = compile(&policy).unwrap_or_else(|report| panic!("{policy}\n{:?}", report.findings));
    let mut input = Input::new();
    input.jobs = jobs;
    for (number, rows) in plan.iter().enumerate() {
        let role = if number == 0 { Role::History } else { Role::Plan };
        input.add(InputFile::of(Source::new(format!("plan-{number}.csv"), csv(rows)), role).expect("a known ending"));
    }
    checker.check(input)
}
