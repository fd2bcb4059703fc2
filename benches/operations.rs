//! Twenty counting rules over a month of operations, beside DuckDB: `cargo bench --bench operations [-- ROWS]`.
//!
//! The Python that has duckdb is `PRESEND_BENCH_PYTHON`, else `python3`.

#![allow(clippy::print_stdout, clippy::disallowed_methods, missing_docs, reason = "a bench prints and asks its environment")]

#[path = "made/operations.rs"]
mod made;
mod measure;
#[path = "made/random.rs"]
mod random;

use made::Operations;
use measure::{Job, instructions, medians, printed, show};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const ROUNDS: usize = 3;
const ROWS: u64 = 1_000_000;

/// What a rule counts; the number behind is the limit.
#[derive(Clone, Copy)]
enum Counts {
    /// Operations in a window of so many seconds.
    Rate(u32, u32),
    /// Operations in a day.
    Quota(u32),
    /// Yuan in a day.
    Sum(u32),
    /// Seconds that must lie between two.
    Interval(u32),
    /// Different values of a field in a window of so many seconds.
    Distinct(&'static str, u32, u32),
}

use Counts::{Distinct, Interval, Quota, Rate, Sum};

/// What is counted, by which keys, of which action.
const RULES: [(Counts, &[&str], &str); 20] = [
    (Rate(86_400, 15), &["account"], "add_friend"),
    (Rate(3600, 5), &["account"], "add_friend"),
    (Rate(3600, 20), &["account"], "send_message"),
    (Rate(60, 3), &["account"], "send_message"),
    (Rate(86_400, 8), &["account"], "invite_to_group"),
    (Rate(3600, 12), &["account"], "like_moment"),
    (Rate(3600, 8), &["account"], "comment_moment"),
    (Rate(86_400, 10), &["account"], "post_moment"),
    (Rate(86_400, 6), &["account"], "transfer"),
    (Rate(600, 12), &["account"], ""),
    (Rate(86_400, 12), &["device"], "login"),
    (Rate(86_400, 25), &["device"], "add_friend"),
    (Quota(50), &["account"], "send_message"),
    (Quota(14), &["account"], "add_friend"),
    (Sum(600), &["account"], "send_red_packet"),
    (Interval(30), &["account"], "add_friend"),
    (Interval(60), &["account", "target"], "send_message"),
    (Interval(600), &["account"], "post_moment"),
    (Distinct("account", 86_400, 5), &["device"], ""),
    (Distinct("target", 3600, 18), &["account"], "send_message"),
];

fn main() {
    if !measure::is_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let rows = measure::given().first().and_then(|rows| rows.parse().ok()).unwrap_or(ROWS);
    let policy = folder.join("policy.toml");
    fs::write(&policy, toml()).expect("room");
    let (jsonl, csv) = written(folder, rows);
    println!("{rows} operations, 20 rules, CPU seconds of the whole process, median of {ROUNDS}:");
    let mut jobs = vec![Job::presend("presend, JSONL", &jsonl, &policy), Job::presend("presend, CSV", &csv, &policy)];
    match python() {
        Some(python) => jobs.push(duckdb(folder, python, &jsonl)),
        None => println!("no Python with duckdb (PRESEND_BENCH_PYTHON): nothing to compare with"),
    }
    show(&jobs, &medians(&jobs, ROUNDS, folder));
    if let [presend, _, duckdb] = &jobs[..] {
        let (ours, theirs) = (counted(&printed(presend)), told(&printed(duckdb)));
        let equal = theirs.iter().filter(|(rule, rows)| ours.get(*rule).unwrap_or(&0) == *rows).count();
        println!("  rules that agree: {equal} of {}; breaking rows: {}", theirs.len(), ours.values().sum::<u64>());
    }
    doubled(folder, rows, &policy);
    per_row(folder, &policy);
}

fn written(folder: &Path, rows: u64) -> (PathBuf, PathBuf) {
    let made = Operations::new(rows);
    let (jsonl, csv) = (folder.join(format!("{rows}.jsonl")), folder.join(format!("{rows}.csv")));
    fs::write(&jsonl, made.jsonl).expect("room");
    fs::write(&csv, made.csv).expect("room");
    (jsonl, csv)
}

/// The rules as a policy.
fn toml() -> String {
    let mut text = "schema = 1\n[pack]\nid = \"bench\"\ntimezone = \"Asia/Shanghai\"\n".to_owned();
    for (number, (counts, by, action)) in RULES.iter().enumerate() {
        let what = match counts {
            Rate(seconds, max) => format!("rate = {{ max = {max}, timespan = \"{seconds}s\""),
            Quota(max) => format!("quota = {{ period = \"day\", max = {max}"),
            Sum(max) => format!("quota = {{ period = \"day\", sum = \"amount\", max = {max}"),
            Interval(seconds) => format!("interval = {{ min = \"{seconds}s\""),
            Distinct(field, seconds, max) => format!("distinct = {{ field = \"{field}\", max = {max}, timespan = \"{seconds}s\""),
        };
        let only = if action.is_empty() { String::new() } else { format!("match = {{ action = \"{action}\" }}\n") };
        let head = format!("[[rule]]\nid = \"r{:02}\"\nseverity = \"warning\"\nsummary = \"r\"\n", number + 1);
        text.push_str(&format!("{head}{only}{what}, group_by = {by:?} }}\n"));
    }
    text
}

/// The same rules as queries.
fn queries() -> Vec<String> {
    let query = |(counts, by, action): &(Counts, &[&str], &str)| {
        let only = if action.is_empty() { "true".to_owned() } else { format!("action = '{action}'") };
        let (by, order) = (by.join(", "), "ORDER BY ts, seq");
        let day = "(ts + 28800000) // 86400000";
        let (value, breaks) = match counts {
            Rate(seconds, max) => (format!("ts - lag(ts, {max}) OVER (PARTITION BY {by} {order})"), format!("< {}000", seconds)),
            Interval(seconds) => (format!("ts - lag(ts) OVER (PARTITION BY {by} {order})"), format!("< {}000", seconds)),
            Quota(max) => (format!("row_number() OVER (PARTITION BY {by}, {day} {order})"), format!("> {max}")),
            Sum(max) => (format!("sum(amount) OVER (PARTITION BY {by}, {day} {order} ROWS UNBOUNDED PRECEDING)"), format!("> {max}")),
            Distinct(field, seconds, max) => {
                let total = "(ts - 1790000000000) * 16777216 + seq";
                let back = (i64::from(*seconds) * 1000 - 1) * 16_777_216;
                let range = format!("RANGE BETWEEN ({back}::BIGINT + seq) PRECEDING AND CURRENT ROW");
                (format!("count(DISTINCT {field}) OVER (PARTITION BY {by} ORDER BY {total} {range})"), format!("> {max}"))
            }
        };
        format!("SELECT count(*) FROM (SELECT {value} AS v FROM ops WHERE {only}) WHERE v {breaks}")
    };
    RULES.iter().map(query).collect()
}

fn python() -> Option<PathBuf> {
    let named = std::env::var_os("PRESEND_BENCH_PYTHON").map(PathBuf::from);
    let python = named.or_else(|| measure::installed("python3"))?;
    let has = Command::new(&python).args(["-c", "import duckdb"]).stderr(Stdio::null()).status().ok()?;
    has.success().then_some(python)
}

/// DuckDB at its best: one thread, keys as integers, `lag` instead of counting.
fn duckdb(folder: &Path, python: PathBuf, input: &Path) -> Job {
    let columns =
        "{'time':'VARCHAR','account':'VARCHAR','device':'VARCHAR','action':'VARCHAR','target':'VARCHAR','amount':'DECIMAL(12,2)'}";
    let keys = "hash(account) AS account, hash(device) AS device, hash(target) AS target";
    let time = "epoch_ms(CAST(\"time\" AS TIMESTAMPTZ)) AS ts, row_number() OVER () AS seq";
    let from = format!("read_json('{}', format='newline_delimited', columns={columns})", input.display());
    let load = format!("CREATE TABLE ops AS SELECT {time}, {keys}, action, amount FROM {from}");
    let script = format!(
        "import duckdb\ncon = duckdb.connect()\ncon.execute('SET threads=1')\ncon.execute({load:?})\n\
         for number, query in enumerate({:?}, 1):\n    print(f'r{{number:02}}', con.execute(query).fetchone()[0])\n",
        queries()
    );
    let path = folder.join("peer.py");
    fs::write(&path, script).expect("room");
    Job::new("DuckDB, one thread, integer keys", python, [path])
}

/// Breaking rows by rule, of our report.
fn counted(report: &[u8]) -> BTreeMap<String, u64> {
    let mut rows = BTreeMap::new();
    for line in report.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let finding: serde_json::Value = serde_json::from_slice(line).expect("JSON");
        *rows.entry(finding["rule"].as_str().unwrap_or_default().to_owned()).or_insert(0) +=
            finding["window"]["rows"].as_u64().unwrap_or(0);
    }
    rows
}

/// Breaking rows by rule, as DuckDB says.
fn told(lines: &[u8]) -> BTreeMap<String, u64> {
    let text = String::from_utf8_lossy(lines);
    text.lines().filter_map(|line| line.split_once(' ')).map(|(rule, rows)| (rule.to_owned(), rows.parse().unwrap_or(0))).collect()
}

/// Half the rows and all of them, over the same month.
fn doubled(folder: &Path, rows: u64, policy: &Path) {
    let jobs = [rows / 2, rows].map(|rows| Job::presend(&format!("presend, {rows} rows"), &written(folder, rows).0, policy));
    show(&jobs, &medians(&jobs, ROUNDS, folder));
}

/// Instructions for each row: what the second half of a log adds.
fn per_row(folder: &Path, policy: &Path) {
    let counts = [50_000, 100_000].map(|rows| instructions(&Job::presend("presend", &written(folder, rows).0, policy)));
    match counts {
        [Some(few), Some(many)] => println!("  instructions a row: {:.0}", many.saturating_sub(few) as f64 / 50_000.0),
        _ => println!("  valgrind is not installed: instructions not counted"),
    }
}
