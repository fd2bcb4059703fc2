//! Policies that nobody writes by hand: each ends in a mistake that says so, or simply works. What took long once is held by what it
//! does, not by a clock.

use crate::marked::{HEAD, Mistake, reported, run};
use crate::stage::{Stage, findings, text};

/// The only mistake of a policy: its code, and the line it stands on.
fn only(policy: &str) -> (String, u64) {
    let ran = run(policy);
    let all = reported(ran.exits(2));
    let [Mistake { place, code }] = all.as_slice() else { panic!("{} mistakes", all.len()) };
    (code.clone(), place[0])
}

fn tables(count: usize, table: impl Fn(usize) -> String) -> String {
    (0..count).map(table).collect()
}

#[test]
fn more_tables_than_a_file_may_hold_are_one_mistake_at_the_first_of_them() {
    let rule =
        |at: usize| format!("[[rule]]\nid = \"r{at}\"\nseverity = \"info\"\nsummary = \"s\"\nlexicon = {{ terms = [\"词{at}语\"] }}\n");
    run(&format!("schema = 1\n{}", tables(20_000, rule))).exits(0);
    assert_eq!(only(&format!("schema = 1\n{}", tables(20_001, rule))), ("policy-too-many".to_owned(), 2 + 5 * 20_000));
    let waiver = |at: usize| format!("[[waiver]]\nrule = \"nobody-{at}\"\nreason = \"同意了\"\n");
    let many = format!("{HEAD}lexicon = {{ terms = [\"词语\"] }}\n{}", tables(20_001, waiver));
    assert_eq!(only(&many), ("policy-too-many".to_owned(), 7 + 3 * 20_000), "what stands behind it, and what it names, is not judged");
    let action = |at: usize| format!("[[action]]\nid = \"act_{at}\"\n");
    let many = format!("{HEAD}lexicon = {{ terms = [\"词语\"] }}\n{}", tables(1001, action));
    assert_eq!(only(&many), ("policy-too-many".to_owned(), 7 + 2 * 1000));
}

#[test]
fn one_rule_is_changed_a_thousand_times_and_no_more() {
    let own = "schema = 1\n[pack]\nid = \"p\"\nextends = [\"wechat-account-safety\"]\n[[override]]\nrule = \"mom-gap-1h\"\nreason = \"内部决定\"\n";
    let set = |count: usize| (0..count).map(|at| format!("\"interval.x{at}\" = 1")).collect::<Vec<_>>().join(", ");
    assert_eq!(only(&format!("{own}set = {{ {} }}\n", set(1001))), ("policy-too-many".to_owned(), 5));
    let ran = run(&format!("{own}set = {{ {} }}\n", set(1000)));
    assert!(reported(ran.exits(2)).iter().all(|one| one.code == "policy-unknown-key"));
}

/// A real team's lexicon is not hostile.
#[test]
fn two_hundred_thousand_words_are_a_lexicon() {
    let words: String = (0..200_000).map(|at| format!("词{at}语{}\n", at * 7919 % 100_003)).collect();
    let policy = format!("{HEAD}lexicon = {{ lists = [\"big\"] }}\n[[list]]\nid = \"big\"\nfile = \"big.txt\"\n");
    let stage = Stage::with("p.toml", policy).file("big.txt", words).file("d.txt", "这里有词7语55433。");
    assert_eq!(findings(&stage.report(&["d.txt", "--policy", "p.toml"])).len(), 1);
}

#[test]
fn long_ids_are_no_ids() {
    let rule = |id: &str| {
        format!("schema = 1\n[[rule]]\nid = \"{id}\"\nseverity = \"info\"\nsummary = \"s\"\nlexicon = {{ terms = [\"词语\"] }}\n")
    };
    run(&rule(&"x".repeat(100))).exits(0);
    assert_eq!(only(&rule(&"x".repeat(101))), ("policy-bad-id".to_owned(), 3));
}

/// Each keeps only what it changes, however large the pack is that it changes: two thousand of them once took 2 GB.
#[cfg(target_os = "linux")]
#[test]
fn profiles_by_the_thousand_share_what_they_change() {
    let profile = |at: usize| {
        format!(
            "[profile.p{at}]\n[[profile.p{at}.override]]\nrule = \"mom-gap-1h\"\nset = {{ \"interval.min\" = \"{at}m\" }}\nreason = \"内部决定\"\n"
        )
    };
    let own = "schema = 1\n[pack]\nid = \"p\"\nextends = [\"wechat-account-safety\"]\n";
    let stage = Stage::with("p.toml", format!("{own}{}", (1..3000).map(profile).collect::<String>())).file("d.txt", "您好");
    let command = format!("ulimit -v 1000000; exec '{}' check d.txt --policy p.toml --jobs 1", env!("CARGO_BIN_EXE_presend"));
    let ran = std::process::Command::new("bash").args(["-c", &command]).current_dir(stage.path("")).output().expect("bash runs");
    assert_eq!(ran.status.code(), Some(0), "{}", String::from_utf8_lossy(&ran.stderr));
}

/// The first slips are told with what was meant; a file of nothing else is told without.
#[test]
fn slips_by_the_thousand_are_all_told() {
    let rule = |at: usize| format!("[[rule]]\nid = \"r{at}\"\nseverity = \"info\"\nsummary = \"s\"\nlexicn = {{ terms = [\"词语\"] }}\n");
    let ran = run(&format!("schema = 1\n{}", tables(3000, rule)));
    let report = ran.exits(2).json();
    let told = findings(&report);
    assert_eq!(told.len(), 3000);
    let guessed = told.iter().filter(|one| text(&one["help"]).contains("是不是想写 `lexicon`")).count();
    assert_eq!(guessed, 1000);
    assert!(text(&told[2999]["help"]).starts_with("可以写："));
}

/// Of expressions too large to build, the first are built to see; what stands behind them is not.
#[test]
fn expressions_that_are_too_large_are_not_built_by_the_hundred() {
    let rule = |at: usize| {
        format!("[[rule]]\nid = \"r{at}\"\nseverity = \"info\"\nsummary = \"s\"\nregex = {{ pattern = '[\\p{{Han}}\\w]{{1,900}}x{at}' }}\n")
    };
    let ran = run(&format!("schema = 1\n{}", tables(30, rule)));
    let report = ran.exits(2).json();
    let tried = findings(&report).iter().filter(|one| !text(&one["message"]).contains("not tried")).count();
    assert_eq!((findings(&report).len(), tried), (30, 20));
}
