//! What every rule that comes with the program says of itself, and the tests it carries.

use presend::policy::BUNDLED;
use std::collections::BTreeSet;
use toml::{Table, Value};

/// Limits that only practitioners report, and that the platform itself enforces: beyond them nobody can be added.
const HARD_CAPS: [&str; 2] = ["acct-friend-cap-10000", "wecom-friend-cap-20000"];

/// Every rule with the name of its pack.
fn rules() -> Vec<(&'static str, Table)> {
    let of_pack = |pack: &'static presend::policy::Bundled| {
        let policy: Table = pack.policy.parse().expect("a policy is TOML");
        let rules = policy["rule"].as_array().expect("a pack has rules").clone();
        rules.into_iter().map(move |rule| (pack.id, rule.as_table().expect("a rule is a table").clone()))
    };
    BUNDLED.iter().flat_map(of_pack).collect()
}

/// Rules that do not hold to something, with what they lack.
fn lacking(lack: impl Fn(&Table) -> Vec<String>) -> Vec<String> {
    let mut told = Vec::new();
    for (pack, rule) in rules() {
        told.extend(lack(&rule).into_iter().map(|lack| format!("{pack}/{}: {lack}", text(&rule, "id"))));
    }
    told
}

fn text<'a>(table: &'a Table, key: &str) -> &'a str {
    table.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn tables<'a>(rule: &'a Table, key: &str) -> Vec<&'a Table> {
    rule.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table).collect()
}

fn length(table: &Table, key: &str) -> usize {
    table.get(key).and_then(Value::as_array).map_or(0, Vec::len)
}

fn bases(rule: &Table) -> BTreeSet<&str> {
    tables(rule, "source").into_iter().map(|source| text(source, "basis")).collect()
}

fn none() -> Vec<String> {
    Vec::new()
}

#[test]
fn rules_speak_chinese_and_english() {
    let lacks = lacking(|rule| {
        let told = |key: &str, lang: &str| rule.get(key).and_then(Value::as_table).is_some_and(|words| !text(words, lang).is_empty());
        let pairs = ["summary", "help"].into_iter().flat_map(|key| ["zh", "en"].map(|lang| (key, lang)));
        pairs.filter(|(key, lang)| !told(key, lang)).map(|(key, lang)| format!("no {key}.{lang}")).collect()
    });
    assert_eq!(lacks, none());
}

#[test]
fn rules_say_what_is_at_stake_and_how_sure_they_are() {
    let lacks = lacking(|rule| {
        ["risk", "confidence", "tags"].into_iter().filter(|key| !rule.contains_key(*key)).map(|key| format!("no {key}")).collect()
    });
    assert_eq!(lacks, none());
}

/// What the law, the platform or the book says can be looked up: a clause, or the page's address.
#[test]
fn rules_name_a_dated_source_with_basis_and_clause() {
    let lacks = lacking(|rule| {
        let sources = tables(rule, "source");
        let wrong = |source: &&Table| {
            let whole = ["title", "basis"].iter().all(|key| !text(source, key).is_empty()) && source.contains_key("as_of");
            let exact = ["clause", "url"].iter().any(|key| !text(source, key).is_empty());
            !whole || !exact && ["law", "platform", "textbook"].contains(&text(source, "basis"))
        };
        let none = sources.is_empty().then(|| "no source".to_owned());
        sources.iter().copied().filter(|source| wrong(source)).map(|source| format!("source {source}")).chain(none).collect()
    });
    assert_eq!(lacks, none());
}

#[test]
fn numbers_nobody_official_published_are_no_errors() {
    let official = |rule: &Table| bases(rule).iter().any(|basis| ["law", "platform", "textbook"].contains(basis));
    let lacks = lacking(|rule| {
        let strict = text(rule, "severity") == "error" && !official(rule) && !HARD_CAPS.contains(&text(rule, "id"));
        strict.then(|| "an error without a law, a platform’s rule or the textbook".to_owned()).into_iter().collect()
    });
    assert_eq!(lacks, none());
}

/// Words: one draft that is flagged and two that are not. Tables of records: one that trips, and one that just does not, in a table
/// of its own or beside the other.
#[test]
fn rules_carry_a_case_that_trips_and_near_misses() {
    let lacks = lacking(|rule| {
        let tests = tables(rule, "test");
        let trips = length(rule, "invalid") + tests.iter().filter(|test| length(test, "expect") > 0).count();
        let records = |test: &Table| text(test, if test.contains_key("rows") { "rows" } else { "accounts" }).trim().lines().count() - 1;
        let silent = length(rule, "valid") + tests.iter().filter(|test| length(test, "expect") < records(test)).count();
        let least = if tests.is_empty() { 2 } else { 1 };
        let lack = |is: bool, what: &str| is.then(|| what.to_owned());
        lack(trips == 0, "nothing trips it").into_iter().chain(lack(silent < least, "too few cases that do not")).collect()
    });
    assert_eq!(lacks, none());
}

/// What a court punishes, whoever agreed to it: nobody can be asked to let it stand. A false alarm is mended in the rule.
#[test]
fn only_crimes_that_have_no_lawful_form_cannot_be_waived() {
    let firm: Vec<(&str, Table)> = rules().into_iter().filter(|(_, rule)| rule.get("waivable") == Some(&Value::Boolean(false))).collect();
    let mut ids: Vec<&str> = firm.iter().map(|(_, rule)| text(rule, "id")).collect();
    ids.sort_unstable();
    let expected = [
        "data-sell-privacy-trade",
        "fraud-money-mule",
        "fraud-phishing-link",
        "goods-cards-accounts",
        "goods-counterfeit-money",
        "goods-fake-cert",
        "goods-gambling",
        "goods-narcotics",
        "goods-weapons",
    ];
    assert_eq!(ids, expected);
    for (_, rule) in &firm {
        let is_penal = tables(rule, "source").iter().any(|source| text(source, "title") == "《中华人民共和国刑法》");
        let sure = [text(rule, "severity"), text(rule, "risk"), text(rule, "confidence")];
        assert!(is_penal && sure == ["error", "crime", "high"], "{}", text(rule, "id"));
    }
}

#[test]
fn every_folder_is_a_pack_with_a_readme() {
    let folders = std::fs::read_dir("rules").expect("rules/ is there").filter_map(Result::ok);
    let folders: BTreeSet<String> =
        folders.filter(|entry| entry.path().is_dir()).map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    let packs: BTreeSet<String> = BUNDLED.iter().map(|pack| pack.id.to_owned()).collect();
    assert_eq!(folders, packs);
    for pack in packs {
        let readme = std::fs::read_to_string(format!("rules/{pack}/README.md")).expect("a pack has a README.md");
        assert!(readme.starts_with(&format!("# {pack}\n")), "rules/{pack}/README.md");
    }
}

#[test]
fn both_readmes_name_every_pack() {
    for file in ["README.md", "README.zh-CN.md"] {
        let readme = std::fs::read_to_string(file).expect("the README is there");
        let missing: Vec<&str> = BUNDLED.iter().map(|pack| pack.id).filter(|id| !readme.contains(&format!("`{id}`"))).collect();
        assert!(missing.is_empty(), "{file} does not name {missing:?}");
    }
}
