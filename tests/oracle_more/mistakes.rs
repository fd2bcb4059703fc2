//! What a policy may not say, each mistake at its own place.

use crate::plan::{compile, policy};
use presend::words::Lang;

/// Code, underlined text and help of each mistake, in order of place.
fn mistakes(kind: &str) -> Vec<(String, String, String)> {
    let Err(report) = compile(&policy(kind)) else { return Vec::new() };
    let told = report.findings.iter().map(|finding| {
        let text = report.source(finding.place.source).slice(finding.place.span).to_owned();
        (finding.about.id.clone(), text, finding.help().say(Lang::En).to_owned())
    });
    told.collect()
}

fn says(kind: &str, expected: &[(&str, &str)]) {
    let told = mistakes(kind);
    let told: Vec<(&str, &str)> = told.iter().map(|(code, text, _)| (code.as_str(), text.as_str())).collect();
    assert_eq!(told, expected, "{kind}");
}

const RATIO: &str = "numerator = { promo = true }, group_by = [\"account\"]";

#[test]
fn a_share_is_of_one_time_and_between_nothing_and_all() {
    let ratio = |rest: &str| format!("ratio = {{ {RATIO}, {rest} }}");
    says(&ratio("max = 0.1, period = \"day\""), &[]);
    says(&ratio("max = 1.5, period = \"day\""), &[("policy-bad-value", "1.5")]);
    says(&ratio("max = -0.5, period = \"day\""), &[("policy-bad-value", "-0.5")]);
    says(&ratio("max = \"3/2\", period = \"day\""), &[("policy-bad-value", "\"3/2\"")]);
    says(&ratio("max = \"1/2000000\", period = \"day\""), &[("policy-bad-value", "\"1/2000000\"")]);
    says(&ratio("max = 1, period = \"day\""), &[("policy-never-fires", "1")]);
    says(&ratio("max = 0.1, period = \"day\", timespan = \"7d\""), &[("policy-bad-value", "\"7d\"")]);
    says(&ratio("max = 0.1, period = \"year\""), &[("policy-bad-value", "\"year\"")]);
    says(&ratio("max = 0.1, period = \"day\", unit = \"weeks\""), &[("policy-bad-value", "\"weeks\"")]);
    assert_eq!(mistakes(&ratio("max = 0.1")).iter().map(|(code, ..)| code.as_str()).collect::<Vec<_>>(), ["policy-missing-key"]);
}

#[test]
fn a_part_has_something_in_common_with_the_whole() {
    let part = "{ action = \"login\" }";
    let kind = format!(
        "ratio = {{ numerator = {part}, denominator = {{ action = \"broadcast\" }}, max = 0.1, period = \"day\", group_by = [\"account\"] }}"
    );
    says(&kind, &[("policy-never-fires", part)]);
}

#[test]
fn an_order_has_two_steps_at_least_and_known_words() {
    let sequence = |steps: &str| format!("sequence = {{ steps = {steps}, timespan = \"5m\", group_by = [\"account\"] }}");
    says(&sequence("[{ action = \"login\" }, { action = \"sms\" }]"), &[]);
    says(&sequence("[{ action = \"login\" }]"), &[("policy-bad-value", "[{ action = \"login\" }]")]);
    says(&sequence("[]"), &[("policy-empty-list", "[]")]);
    says(&sequence("[{ action = \"login\" }, { action = \"smss\" }]"), &[("policy-unknown-action", "\"smss\"")]);
    says(&sequence("[{ action = \"login\" }, { acton = \"sms\" }]"), &[("policy-unknown-field", "acton")]);
}

#[test]
fn every_wrong_time_is_underlined() {
    let window = |keys: &str| format!("time_window = {{ allow = [{{ {keys} }}] }}");
    says(
        &window(
            "times = [\"08:00-22:00\", \"22:30-02:00\"], weekdays = [\"mon-fri\", \"Sun\"], days_of_month = [\"1-7\", 15], months = [12, \"jan-mar\"]",
        ),
        &[],
    );
    for bad in ["8-22", "08:00", "08:00-25:00", "24:00-08:00", "08:60-09:00", "08:00-08:00", "08:00–22:00", "99:99-00:00", "+8:00-9:00"] {
        says(&window(&format!("times = [\"{bad}\"]")), &[("policy-bad-value", &format!("\"{bad}\""))]);
    }
    says(&window("weekdays = [\"mon\", \"workday\"]"), &[("policy-bad-value", "\"workday\"")]);
    says(
        &window("days_of_month = [0, 32, \"25-5\"]"),
        &[("policy-bad-value", "0"), ("policy-bad-value", "32"), ("policy-bad-value", "\"25-5\"")],
    );
    says(&window("months = [\"13\", \"mai\"]"), &[("policy-bad-value", "\"13\""), ("policy-bad-value", "\"mai\"")]);
    says(
        &window("days_of_month = [30, 31], months = [\"feb\"]"),
        &[("policy-bad-value", "{ days_of_month = [30, 31], months = [\"feb\"] }")],
    );
    says(&window("times = [\"00:00-24:00\"]"), &[("policy-never-fires", "{ times = [\"00:00-24:00\"] }")]);
    says("time_window = { allow = [] }", &[("policy-empty-list", "[]")]);
    says(&window("hours = [\"08:00-22:00\"]"), &[("policy-unknown-key", "hours")]);
}

#[test]
fn likeness_has_its_bounds() {
    let similarity = |rest: &str| format!("similarity = {{ max = 20, timespan = \"24h\", group_by = [\"account\"], {rest} }}");
    says(&similarity("field = \"title\", shingle = 6, threshold = 1, distinct = \"target\", min_length = 0"), &[]);
    says(&similarity("shingle = 0"), &[("policy-bad-value", "0")]);
    says(&similarity("shingle = 7"), &[("policy-bad-value", "7")]);
    says(&similarity("threshold = 0"), &[("policy-bad-value", "0")]);
    says(&similarity("threshold = 85"), &[("policy-bad-value", "85")]);
    says(&similarity("field = \"amount\""), &[("policy-wrong-type", "\"amount\"")]);
    says(&similarity("field = \"account.signature\""), &[("policy-wrong-type", "\"account.signature\"")]);
    says(&similarity("distinct = \"targt\""), &[("policy-unknown-field", "\"targt\"")]);
}

#[test]
fn a_message_may_use_what_a_kind_tells_and_nothing_else() {
    let kind = format!("message = \"{{share}} {{limit}} {{cuont}}\"\nratio = {{ {RATIO}, max = 0.1, period = \"day\" }}");
    let told = mistakes(&kind);
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].0.as_str(), told[0].2.as_str()), ("policy-unknown-placeholder", "did you mean `count`?"));
}
