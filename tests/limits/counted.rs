//! Limits count what they should: timeless values, history, facts of accounts, records that neither add nor remove.

use crate::stage::{Stage, findings};
use serde_json::Value;

const HEAD: &str = "schema = 1\n[[rule]]\nid = \"r\"\nseverity = \"error\"\nsummary = \"s\"\n";

/// The report of a plan under one rule.
fn report(rule: &str, plan: &str, more: (&str, &str, &str)) -> Value {
    let (flag, name, content) = more;
    let stage = Stage::with("p.toml", format!("{HEAD}{rule}\n")).file("plan.csv", plan).file(name, content);
    stage.report(&["plan.csv", "--policy", "p.toml", flag, name])
}

const NOBODY: (&str, &str, &str) = ("--accounts", "accounts.csv", "id,kind\nnobody,personal\n");

/// The whole input is the window: a record without a time is in it like any other.
#[test]
fn distinct_values_without_a_timespan_need_no_time() {
    let rule = "distinct = { field = \"target\", max = 1, group_by = [\"account\"] }";
    let plan = "time,account,action,target\n,a,call,t1\n2026-03-30 09:00,a,call,t2\n";
    let report = report(rule, plan, NOBODY);
    assert_eq!(findings(&report).len(), 1, "t1 and t2 are two, and one is allowed");
    assert_eq!(report["findings"][0]["window"]["count"], 2);
}

/// A call is neither what fills the account nor what empties it.
#[test]
fn a_capacity_does_not_ask_about_records_it_does_not_count() {
    let rule = "match = { \"account.kind\" = \"personal\" }\n\
        capacity = { max = 3, initial = \"account.friends\", add = { action = \"accept_friend\" }, group_by = [\"account\"] }";
    let report = report(rule, "time,account,action\n2026-03-30 09:00,a,call\n", NOBODY);
    assert_eq!(findings(&report).len(), 0, "{report}");
}

/// The history broke the limit with five; the plan's only record stands at three.
#[test]
fn a_count_is_one_of_the_plan_not_of_the_history() {
    let rule = "rate = { max = 2, timespan = \"1h\", group_by = [\"account\"] }";
    let history = "time,account,action\n2026-03-30 09:00,a,call\n2026-03-30 09:00,a,call\n2026-03-30 09:00,a,call\n2026-03-30 09:40,a,call\n2026-03-30 09:40,a,call\n";
    let report = report(rule, "time,account,action\n2026-03-30 10:10,a,call\n", ("--history", "sent.csv", history));
    assert_eq!(report["findings"][0]["window"]["count"], 3);
}

/// A sum of a fact either adds up the facts of the records' accounts, or is refused.
#[test]
fn a_fact_is_summed_for_the_account_of_each_record() {
    let rule = "rate = { max = 15, timespan = \"1h\", sum = \"account.friends\", group_by = [\"account\"] }";
    let accounts = "id,kind,friends\nx,personal,1000\na,personal,10\n";
    let plan = "time,account,action\n2026-03-30 09:00,a,call\n2026-03-30 09:10,a,call\n";
    let stage = Stage::with("p.toml", format!("{HEAD}{rule}\n")).file("plan.csv", plan).file("accounts.csv", accounts);
    let ran = stage.run(&["check", "plan.csv", "--policy", "p.toml", "--accounts", "accounts.csv", "--format", "json"]);
    if ran.code != 2 {
        let report = ran.json();
        assert_eq!((&report["findings"][0]["window"]["count"], &report["findings"][0]["location"]["line"]), (&20.into(), &3.into()));
    }
}
