//! The example of the README: what it finds, and that the README shows what is printed.

use presend::input::FORMATS;
use presend::output::OUTPUTS;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

/// Runs the program as the README does, in a surrounding that changes nothing.
fn check(lang: &str, format: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_presend"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.args(["check", "examples/shop", "--isolated", "--lang", lang, "--color", "never", "--format", format]);
    command.output().expect("the program runs")
}

fn printed(lang: &str, format: &str) -> String {
    String::from_utf8(check(lang, format).stdout).expect("UTF-8")
}

/// Rule and file of every finding.
fn found() -> Vec<(String, String)> {
    let report = printed("zh", "jsonl");
    let findings = report.lines().map(|line| serde_json::from_str::<Value>(line).expect("an object a line"));
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    findings.map(|finding| (text(&finding["rule"]), text(&finding["location"]["path"]))).collect()
}

#[test]
fn the_shop_has_something_to_mend() {
    assert_eq!(check("zh", "human").status.code(), Some(1));
}

#[test]
fn each_file_shows_what_it_is_for() {
    let found = found();
    for (rule, file) in [
        ("dev-one-phone-one-wechat", "accounts.toml"),
        ("acct-real-name", "accounts.toml"),
        ("fin-brushing", "drafts/good-reviews.txt"),
        ("evade-obfuscation", "drafts/good-reviews.txt"),
        ("goods-illegal-health", "drafts/slimming-tea.md"),
        ("mom-gap-1h", "plan.csv"),
        ("act-add-friend-rate", "plan.csv"),
        ("oa-sub-quota-day", "plan.csv"),
        ("pay-packet-amount", "plan.csv"),
        ("dev-account-switching", "plan.csv"),
        ("input-bad-time", "plan.csv"),
        ("act-plugin-tool", "plan.jsonl"),
        ("claim-absolute", "december.xlsx"),
        ("pay-packet-amount", "december.xlsx"),
        ("evade-obfuscation", "december.xlsx"),
        ("input-hidden", "december.xlsx"),
        ("claim-medical", "drafts/tea-tasting.docx"),
        ("fin-brushing", "drafts/tea-tasting.docx"),
        ("claim-absolute", "drafts/winter-teas.html"),
        ("bait-collect-likes", "drafts/winter-teas.html"),
    ] {
        let expected = (rule.to_owned(), format!("examples/shop/{file}"));
        assert!(found.contains(&expected), "{expected:?} is not among {found:#?}");
    }
}

/// Rule and place of what is found in a workbook, a document or a page of the shop.
fn places(file: &str) -> Vec<(String, String)> {
    let printed = printed("zh", "concise");
    let start = format!("examples/shop/{file}:");
    let lines = printed.lines().filter_map(|line| line.strip_prefix(&start)?.split_once(": "));
    let rule = |said: &str| said.split(['[', ']']).nth(1).unwrap_or_default().to_owned();
    lines.map(|(place, said)| (rule(said), place.to_owned())).collect()
}

#[test]
fn files_of_an_office_show_where_their_faults_are() {
    for (file, rule, place) in [
        ("december.xlsx", "claim-absolute", "计划!F4"),
        ("december.xlsx", "pay-packet-amount", "计划!G7"),
        ("december.xlsx", "evade-obfuscation", "计划!F9"),
        ("drafts/tea-tasting.docx", "claim-medical", "第11段:7"),
        ("drafts/tea-tasting.docx", "fin-brushing", "隐藏文字第12段:8"),
        ("drafts/winter-teas.html", "claim-absolute", "18:25"),
        ("drafts/winter-teas.html", "bait-collect-likes", "20:33"),
    ] {
        let places = places(file);
        assert!(places.contains(&(rule.to_owned(), place.to_owned())), "{rule} at {place} is not among {places:#?}");
    }
    let loud = |place: &str| place.starts_with("周末茶会");
    assert!(!places("december.xlsx").iter().any(|(_, place)| loud(place)), "the grid has no fault");
}

/// Runs the program in the folder of the shop, with the shop's own settings.
fn at_home(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_presend"));
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/shop"));
    command.args(args).args(["--lang", "zh"]).output().expect("the program runs")
}

#[test]
fn the_shop_has_rules_and_settings_of_its_own() {
    let tested = at_home(&["test", "house.toml", "--isolated", "--strict"]);
    assert_eq!(tested.status.code(), Some(0), "{}", String::from_utf8_lossy(&tested.stdout));
    let checked = String::from_utf8(at_home(&["check", ".", "--format", "concise"]).stdout).expect("UTF-8");
    assert!(checked.contains("winter.toml:30:1: info[house-quiet-hours]"), "{checked}");
    let linted = at_home(&["policy", "lint", "house.toml", "--isolated"]);
    assert_eq!(linted.status.code(), Some(0), "{}", String::from_utf8_lossy(&linted.stdout));
}

#[test]
fn the_shop_gives_its_workflow_what_the_action_takes() {
    let read = |path: &str| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a file");
    let (workflow, action) = (read("examples/shop/.github/workflows/presend.yml"), read("action.yml"));
    let given = workflow.split("with:").nth(1).expect("inputs").lines().skip(1).take_while(|line| line.starts_with("          "));
    let given: Vec<&str> = given.filter_map(|line| line.trim().split_once(':')).map(|(name, _)| name).collect();
    assert_eq!(given, ["paths", "sarif"]);
    assert!(given.iter().all(|name| action.contains(&format!("\n  {name}:\n"))), "{action}");
}

#[test]
fn drafts_without_fault_stay_quiet() {
    let found = found();
    for file in ["drafts/autumn-arrivals.txt", "drafts/anti-fraud.md"] {
        let noise: Vec<_> = found.iter().filter(|(_, path)| path.ends_with(file)).collect();
        assert!(noise.is_empty(), "{noise:?}");
    }
}

/// The blocks of a page in this language.
fn blocks(page: &str, fence: &str) -> Vec<String> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).expect("a README");
    let fence = format!("```{fence}\n");
    text.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn the_readme_shows_what_is_printed() {
    for (page, lang) in [("README.md", "en"), ("README.zh-CN.md", "zh")] {
        let printed = printed(lang, "human");
        let shown = blocks(page, "text").join("");
        assert!(!shown.is_empty(), "{page} shows nothing");
        for part in shown.split("…\n").map(str::trim_end) {
            assert!(printed.contains(part), "{page} shows what is not printed:\n{part}\n--- printed:\n{printed}");
        }
    }
}

#[test]
fn the_rule_in_the_readme_passes_its_own_tests() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("house.toml");
    for page in ["README.md", "README.zh-CN.md"] {
        let policy = blocks(page, "toml").into_iter().find(|block| block.contains("[[rule]]")).expect("a policy");
        std::fs::write(&path, policy).expect("written");
        let ran = Command::new(env!("CARGO_BIN_EXE_presend")).args(["test", "--isolated"]).arg(&path).output().expect("the program runs");
        assert_eq!(ran.status.code(), Some(0), "{page}: {}", String::from_utf8_lossy(&ran.stdout));
    }
}

#[test]
fn the_readme_names_every_format() {
    for page in ["README.md", "README.zh-CN.md"] {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).expect("a README");
        let endings = FORMATS.iter().flat_map(|format| format.extensions).map(|ending| format!("`.{ending}`"));
        let outputs = OUTPUTS.iter().map(|output| output.name.to_owned());
        let silent: Vec<String> = endings.chain(outputs).filter(|name| !text.contains(name.as_str())).collect();
        assert!(silent.is_empty(), "{page} does not name {silent:?}");
    }
}
