//! The rule reference, `docs/rules/`, made from the packs that come with the program.
//!
//! `UPDATE=1 cargo test --test reference` writes it anew; the diff is reviewed like code.

mod limits;
mod say;

use presend::policy::{BUNDLED, Bundled};
use presend::words::Lang;
use say::{Say, code, plain, tables, text};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use toml::{Table, Value};

/// Where the pages are.
const FOLDER: &str = "docs/rules";
/// Both languages, and what the names of their pages end with.
const LANGS: [(Lang, &str); 2] = [(Lang::En, ".md"), (Lang::Zh, ".zh-CN.md")];
/// Examples of each sort that a rule shows.
const EXAMPLES: usize = 3;

#[test]
#[expect(clippy::disallowed_methods, reason = "whoever runs the test says whether to write")]
fn the_reference_is_what_the_packs_make() {
    let pages = pages();
    if std::env::var_os("UPDATE").is_some() {
        let _absent = std::fs::remove_dir_all(FOLDER);
        std::fs::create_dir_all(FOLDER).expect("the folder can be made");
        for (name, page) in &pages {
            std::fs::write(Path::new(FOLDER).join(name), page).expect("a page can be written");
        }
    }
    let there = std::fs::read_dir(FOLDER).expect("the pages are there").filter_map(Result::ok);
    let there: Vec<String> = there.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    let differs = |(name, page): &(&String, &String)| std::fs::read_to_string(Path::new(FOLDER).join(name)).ok().as_ref() != Some(*page);
    let mut wrong: Vec<&String> = pages.iter().filter(differs).map(|(name, _)| name).collect();
    wrong.extend(there.iter().filter(|name| !pages.contains_key(*name)));
    assert!(wrong.is_empty(), "run UPDATE=1 cargo test --test reference and look at the difference: {wrong:?}");
}

/// Every page by its name.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for (lang, end) in LANGS {
        pages.insert(format!("README{end}"), index(Say(lang), end));
        for pack in BUNDLED {
            pages.insert(format!("{}{end}", pack.id), page(pack, Say(lang), end));
        }
    }
    pages
}

fn policy(pack: &Bundled) -> Table {
    pack.policy.parse().expect("a policy is TOML")
}

/// All packs, and where to look a rule up.
fn index(say: Say, end: &str) -> String {
    let mut out = format!("# {}\n\n", say.pick("规则大全", "Rule reference"));
    let told = say.pick(
        "每个规则包一页：每条规则查什么、界线在哪、谁说的、例子。由规则包生成，改规则请改 `rules/`。\n`presend rules` 列出当前生效的规则。",
        "A page for each pack: what each rule checks, where its line is, who says so, examples. Made from the packs; to change a rule\nchange `rules/`. `presend rules` lists the rules in force.",
    );
    let head = say.pick("规则包 | 管什么 | 规则数 | 默认", "pack | what it is about | rules | default");
    let _ = writeln!(out, "{told}\n\n| {head} |\n| --- | --- | ---: | --- |");
    for pack in BUNDLED {
        let policy = policy(pack);
        let on = say.pick(if pack.default { "开" } else { "关" }, if pack.default { "on" } else { "off" });
        let (id, title, rules) = (pack.id, say.words(policy["pack"].get("title")), tables(&policy, "rule").len());
        let _ = writeln!(out, "| [`{id}`]({id}{end}) | {title} | {rules} | {on} |");
    }
    out
}

/// The rules of a pack.
fn page(pack: &Bundled, say: Say, end: &str) -> String {
    let (policy, id) = (policy(pack), pack.id);
    let head = policy["pack"].as_table().expect("a pack says who it is");
    let mut out = format!("# {} · `{id}`\n\n", say.words(head.get("title")));
    let on = match pack.default {
        true => say.pick("默认生效。", "In force by default.").to_owned(),
        false => say
            .pick(
                "默认不生效，用 `--policy default --policy {}` 打开。",
                "Not in force by default: ask for it with `--policy default --policy {}`.",
            )
            .replace("{}", id),
    };
    let told = say.pick(
        "内容截至 {read}。[这个包管什么](../../rules/{id}/README.md) · [全部规则包](README{end})",
        "True as of {read}. [What the pack is for](../../rules/{id}/README.md) · [all packs](README{end})",
    );
    let _ = writeln!(out, "{on} {}\n", told.replace("{read}", &text(head, "as_of")).replace("{id}", id).replace("{end}", end));
    let rules = tables(&policy, "rule");
    let _ = writeln!(out, "| {} |\n| --- | --- | --- |", say.pick("规则 | 级别 | 查什么", "rule | severity | what"));
    for rule in &rules {
        let (id, severity) = (text(rule, "id"), say.severity(&text(rule, "severity")));
        let _ = writeln!(out, "| [`{id}`](#{id}) | {severity} | {} |", say.words(rule.get("summary")).replace('|', "\\|"));
    }
    for rule in &rules {
        section(rule, say, &mut out);
    }
    profiles(&policy, say, &mut out);
    out
}

/// What the profiles of a pack change.
fn profiles(policy: &Table, say: Say, out: &mut String) {
    let Some(profiles) = policy.get("profile").and_then(Value::as_table) else { return };
    let _ = writeln!(out, "\n## {}\n", say.pick("可选的一档数值（`--profile 名字`）", "Profiles (`--profile NAME`)"));
    for (name, profile) in profiles.iter().filter_map(|(name, profile)| Some((name, profile.as_table()?))) {
        let change = |change: &Table| {
            let set =
                change.get("set").and_then(Value::as_table).into_iter().flatten().map(|(key, value)| format!("{key} = {}", plain(value)));
            let severity = change.get("severity").map(|severity| format!("severity = {}", plain(severity)));
            format!("`{}`: {}", text(change, "rule"), code(&severity.into_iter().chain(set).collect::<Vec<String>>().join("; ")))
        };
        let changes: Vec<String> = tables(profile, "override").into_iter().map(change).collect();
        let _ = writeln!(out, "- `{name}` · {} · {}", say.words(profile.get("title")), say.list(&changes));
    }
}

/// One rule: what, where the line is, what to do, who says so, examples.
fn section(rule: &Table, say: Say, out: &mut String) {
    let _ = writeln!(out, "\n## {}\n\n**{}**\n", text(rule, "id"), say.words(rule.get("summary")));
    let (confidence, risk) = (say.confidence(&text(rule, "confidence")), say.risk(&text(rule, "risk")));
    let firm = rule.get("waivable").and_then(Value::as_bool) == Some(false);
    let firm = if firm { say.pick(" · 不许豁免", " · cannot be waived") } else { "" };
    let _ = writeln!(out, "{} · {confidence} · {risk}{firm}{}\n", say.severity(&text(rule, "severity")), in_force(rule, say));
    let mut line = |zh: &str, en: &str, told: &str| {
        if !told.is_empty() {
            let _ = writeln!(out, "- {}{}{told}", say.pick(zh, en), say.pick("：", ": "));
        }
    };
    line("看什么", "Looks at", &limits::looks_at(rule, say));
    line("界线", "Limit", &limits::limit(rule, say));
    line("怎么办", "What to do", &say.words(rule.get("help")));
    let sources: Vec<String> = tables(rule, "source").iter().map(|source| cite(source, say)).collect();
    line("依据", "Source", &sources.join(say.pick("；", "; ")));
    line("会报", "Flagged", &examples(rule, "invalid", say));
    line("不报", "Not flagged", &examples(rule, "valid", say));
    let tests = |hit: bool| -> String {
        let of_sort =
            tables(rule, "test").into_iter().filter(|test| test["expect"].as_array().is_some_and(|found| found.is_empty() != hit));
        of_sort.map(|test| text(test, "name")).collect::<Vec<String>>().join("; ")
    };
    line("会报的记录", "Records flagged", &tests(true));
    line("不报的记录", "Records not flagged", &tests(false));
}

/// From when, until when.
fn in_force(rule: &Table, say: Say) -> String {
    let Some(effective) = rule.get("effective").and_then(Value::as_table) else { return String::new() };
    let day = |key: &str, told: &str| effective.get(key).map_or(String::new(), |day| told.replace("{}", &plain(day)));
    day("from", say.pick(" · {} 起", " · from {}")) + &day("until", say.pick(" · {} 之前", " · before {}"))
}

fn cite(source: &Table, say: Say) -> String {
    let (title, clause, url) = (text(source, "title"), text(source, "clause"), text(source, "url"));
    let named = if url.is_empty() { title } else { format!("[{title}]({url})") };
    let told = say.pick("{named} {clause}（{basis}，截至 {read}）", "{named} {clause} ({basis}, as of {read})");
    let told = told.replace("{basis}", say.basis(&text(source, "basis"))).replace("{read}", &text(source, "as_of"));
    told.replace(" {clause}", &if clause.is_empty() { clause } else { format!(" {clause}") }).replace("{named}", &named)
}

fn examples(rule: &Table, key: &str, say: Say) -> String {
    let drafts = rule.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    say.list(&drafts.take(EXAMPLES).map(code).collect::<Vec<String>>())
}
