//! Any text as what may be broken: in comments, in the field `presend_ignore` of every format, in policies and settings.

use super::report;
use presend::check::{Checker, Input, InputFile};
use presend::input::Role;
use presend::report::Report;
use presend::settings::Paths;
use presend::source::Source;
use presend::time::Zone;
use presend::{Policy, finding::Finding};

/// Two rules, one of which cannot be waived, and one that counts.
const RULES: &str = "schema = 1\n[[rule]]\nid = \"word\"\nseverity = \"error\"\nsummary = \"s\"\nlexicon = { terms = [\"加微信\"] }\n\
    [[rule]]\nid = \"firm\"\nseverity = \"error\"\nsummary = \"s\"\nwaivable = false\nlexicon = { terms = [\"办证\"] }\n\
    [[rule]]\nid = \"adds\"\nseverity = \"error\"\nsummary = \"s\"\nmatch = { action = \"add_friend\" }\n\
    rate = { max = 1, timespan = \"1h\", group_by = [\"account\"] }\n";

const PLAN: &str = "time,account,action,text\n2026-11-20 09:00,a,add_friend,\n2026-11-20 09:10,a,add_friend,办证\n,b,send_message,加微信\n";

/// Every mistake is reported at its place; of what rules find, waivers hide nothing and add nothing.
pub(crate) fn run(data: &[u8]) {
    let said = String::from_utf8_lossy(data);
    let plain = checker(RULES, None).expect("the rules are right");
    for (name, text) in inputs(&said) {
        law(&plain, name, &text);
    }
    let policy = format!("{RULES}[[waiver]]\nrule = \"word\"\n{said}\n");
    let settings = format!("[[waiver]]\nrule = [\"adds\", \"word\"]\n{said}\n");
    for checker in [checker(&policy, None), checker(RULES, Some(&settings)), checker(&format!("{RULES}{said}"), Some(&said))] {
        match checker {
            Err(mistakes) => report::holds(&mistakes),
            Ok(checker) => law(&checker, "plan.csv", PLAN),
        }
    }
}

/// The text in every place where records say what they may break.
fn inputs(said: &str) -> Vec<(&'static str, String)> {
    let (csv, json) = (said.replace('"', "\"\""), serde_json::Value::from(said).to_string());
    vec![
        (
            "a.md",
            format!("加微信，办证\n\n<!-- presend: ignore {said} -->\n加微信\n办证\n\n加微信 <!--presend:ignore-draft {said}-->\n{said}"),
        ),
        ("b.md", format!("---\npresend_ignore: {json}\n---\n加微信\n办证\n")),
        (
            "c.csv",
            format!(
                "time,account,action,text,presend_ignore\n2026-11-20 09:00,a,add_friend,加微信,\"{csv}\"\n2026-11-20 09:10,a,add_friend,办证,\"{csv}\"\n"
            ),
        ),
        ("d.jsonl", format!("{{\"text\":\"加微信办证\",\"presend_ignore\":{json}}}\n")),
        ("e.json", format!("{{\"draft\":[{{\"text\":\"加微信\",\"presend_ignore\":{json}}}]}}")),
        (
            "f.toml",
            format!(
                "[[operation]]\naction = \"add_friend\"\naccount = \"a\"\ntime = 2026-11-20T09:00:00\nrepeat = \"FREQ=HOURLY;COUNT=3\"\npresend_ignore = {json}\n"
            ),
        ),
    ]
}

fn checker(policy: &str, settings: Option<&str>) -> Result<Checker, Box<Report>> {
    let mut rules = Policy::new();
    rules.add(Source::new("policy.toml", policy), &|_| None);
    settings.into_iter().for_each(|text| rules.add_settings(Source::new("presend.toml", text), Paths::default(), true));
    rules.compile(&Zone::default())
}

fn law(checker: &Checker, name: &str, text: &str) {
    let check = |unwaived: bool| {
        let mut input = Input::new();
        (input.as_of, input.unwaived) = (checker.zone().midnight("2026-11-20"), unwaived);
        input.add(InputFile::of(Source::new(name, text), Role::Plan).expect("a known ending"));
        let mut report = checker.check(input);
        report.shows_waived = !unwaived;
        report
    };
    let (heeded, bare) = (check(false), check(true));
    report::holds(&heeded);
    let is_of_rule = |finding: &&Finding| !["policy", "waiver"].contains(&finding.about.kind.as_str());
    let prints = |findings: Vec<&Finding>| {
        let mut prints: Vec<u64> = findings.into_iter().filter(is_of_rule).map(|finding| finding.fingerprint).collect();
        prints.sort_unstable();
        prints
    };
    assert!(bare.waived.is_empty() && heeded.waived.iter().all(|finding| finding.about.id != "firm"), "{name}");
    let all = heeded.findings.iter().chain(&heeded.waived).collect();
    assert_eq!(prints(all), prints(bare.findings.iter().collect()), "{name}: a waiver hides nothing and adds nothing");
}
